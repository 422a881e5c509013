// The server, then the database, ends as by `kill -9` while clients make and delete things. What was acknowledged stays, and
// nothing is half-made.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { forgotten, startChurn } from '../support/churn.ts';
import { startMariadb, type Mariadb } from '../support/mariadb.ts';
import { createDatabase } from '../support/mariadb-client.ts';
import { askAs, makePublic, type Ask } from '../support/networking.ts';
import { breachesIn } from '../support/store-invariants.ts';
import { startStoreProcess } from '../support/store-process.ts';

/** After how many acknowledgements the end comes: in other places of a client's round each time. */
const moments = [3, 11, 26, 40, 57];

const externalNetwork = async (ask: Ask): Promise<string> => (await makePublic(ask)).network.id;

describe('the server is killed', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'killed-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['SQLite', 'MariaDB'])('over %s, nothing it had acknowledged is lost', async (kind) => {
    const url =
      kind === 'SQLite'
        ? `sqlite:///${join(folder, 'killed.sqlite')}`
        : await createDatabase(inject('mariadb'), 'killed');
    let server = await startStoreProcess(url);
    try {
      const external = await externalNetwork(askAs(server.url, 'admin'));
      for (const moment of moments) {
        const churn = startChurn(askAs(server.url, 'admin'), external);
        await churn.acknowledged(moment);
        await server.kill();
        await churn.stop();
        server = await startStoreProcess(url);
        expect(churn.there.size).toBeGreaterThan(0);
        expect(await forgotten(askAs(server.url, 'admin'), churn)).toEqual([]);
        expect(await breachesIn(url)).toEqual([]);
        expect([...churn.refused.keys()]).toEqual([]);
      }
    } finally {
      await server.kill();
    }
  });
});

describe('the database is killed', () => {
  let mariadb: Mariadb;
  beforeAll(async () => {
    mariadb = await startMariadb();
  });
  afterAll(() => mariadb[Symbol.asyncDispose]());

  it('nothing that was acknowledged is lost, and the server goes on when it is back', async () => {
    const url = await createDatabase(mariadb.url, 'killed');
    await using server = await startStoreProcess(url);
    const ask = askAs(server.url, 'admin');
    const external = await externalNetwork(ask);
    for (const moment of moments.slice(0, 3)) {
      const churn = startChurn(ask, external);
      await churn.acknowledged(moment);
      await mariadb.kill();
      await churn.stop();
      // the next that succeeds also sends what may have been committed unanswered
      await expect
        .poll(async () => (await ask('POST', '/security-groups', { security_group: { name: 'x' } })).status, {
          timeout: 30_000,
        })
        .toBe(201);
      expect(await forgotten(ask, churn)).toEqual([]);
      expect(await breachesIn(url)).toEqual([]);
      expect([...churn.refused.keys()].filter((answer) => !answer.startsWith('503 '))).toEqual([]);
    }
  });

  it('while it is away every request is told so at once, without anything secret', async () => {
    const url = await createDatabase(mariadb.url, 'away');
    await using server = await startStoreProcess(url);
    const ask = askAs(server.url, 'admin');
    await mariadb.kill({ hold: true });
    for (const [method, path, body] of [
      ['GET', '/networks', undefined],
      ['POST', '/networks', { network: {} }],
    ] as const) {
      const answer = await ask(method, path, body);
      expect([answer.status, answer.body.NeutronError]).toEqual([
        503,
        {
          type: 'ServiceUnavailable',
          message: 'The database cannot be reached at the moment. Try again.',
          detail: '',
        },
      ]);
    }
    await mariadb.letBack();
    await expect.poll(async () => (await ask('GET', '/networks')).status, { timeout: 30_000 }).toBe(200);
  });
});
