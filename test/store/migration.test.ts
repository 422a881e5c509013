// Databases as released programs left them (test/store/released/COMMIT) are brought to the tables of now with all their rows.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { identitySchema } from '../../server/cloud/identity/tables.ts';
import { imageSchema } from '../../server/cloud/image/tables.ts';
import { computeSchema } from '../../server/cloud/store/compute-tables.ts';
import type { Schema } from '../../server/cloud/store/migrate.ts';
import { networkingSchema } from '../../server/cloud/store/networking-tables.ts';
import { openStore } from '../../server/cloud/store/store.ts';
import { createDatabase, query, runScript } from '../support/mariadb-client.ts';
import { make, networkingServer } from '../support/networking.ts';

const released = ['310cd9d'];
const services: [string, Schema][] = [
  ['networking', networkingSchema],
  ['identity', identitySchema],
  ['compute', computeSchema],
  ['image', imageSchema],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'released-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Row = Record<string, unknown>;

/** By what comes first in a row, which later columns do not move. */
const sorted = (rows: Row[]) => rows.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
const keyOf = (row: Row) => JSON.stringify(Object.values(row).slice(0, 2));

/** A database with what a released program left, and a way to look into it past the store. */
async function restored(kind: string, commit: string, service: string, name: string) {
  const file = join(import.meta.dirname, 'released', commit, `${service}.${kind.toLowerCase()}.sql`);
  const script = readFileSync(file, 'utf8');
  if (kind === 'MariaDB') {
    const url = await createDatabase(inject('mariadb'), `${name}_${commit}`);
    await runScript(url, script);
    return { url, ask: (text: string) => query(url, text) };
  }
  const path = join(folder, `${name}-${commit}.sqlite`);
  const ask = async (text: string): Promise<Row[]> => {
    const database = new DatabaseSync(path);
    const rows = database.prepare(text).all();
    database.close();
    return rows;
  };
  const database = new DatabaseSync(path);
  database.exec(script);
  database.close();
  return { url: `sqlite:///${path}`, ask };
}

describe.each(released)('a database of %s', (commit) => {
  describe.each(['SQLite', 'MariaDB'])('in %s', (kind) => {
    it.each(services)(
      '%s: every row is there with all it had, and every table of now',
      async (service, schema) => {
        const { url, ask } = await restored(kind, commit, service, service);
        const names =
          kind === 'SQLite'
            ? "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            : 'select table_name as name from information_schema.tables where table_schema = database()';
        const tables = (await ask(names))
          .map(({ name }) => String(name))
          .filter((name) => name !== 'schema_version');
        const rowsOf = async () => {
          const all: [string, Row[]][] = [];
          for (const name of tables) all.push([name, sorted(await ask(`select * from ${name}`))]);
          return Object.fromEntries(all);
        };
        const before = await rowsOf();
        expect(Object.values(before).flat().length).toBeGreaterThan(5);

        const store = await openStore(url, schema);
        const after = await rowsOf();
        for (const [name, rows] of Object.entries(before)) {
          expect(after[name]).toHaveLength(rows.length);
          for (const [index, row] of rows.entries()) expect(after[name]![index]).toMatchObject(row);
        }
        for (const table of schema.tables) {
          const rows = await store.read.all(table);
          expect(Object.keys(rows[0] ?? table.columns)).toEqual(Object.keys(table.columns));
        }
        await store.close();

        // and a second start finds nothing to do
        const again = await openStore(url, schema);
        const versions = await sql<{ version: number }>`select version from schema_version`.execute(
          again.read.sql,
        );
        expect(versions.rows).toEqual([{ version: schema.version }]);
        await again.close();
      },
    );

    it('is served: what was there is shown, and new things go beside it', async () => {
      const { url } = await restored(kind, commit, 'networking', 'served');
      await using server = await networkingServer({ url });
      const ports = (await server.admin('GET', '/ports')).body.ports;
      const old = ports.find(({ name }: Row) => name === 'old-port');
      expect(old.fixed_ips.map(({ ip_address }: Row) => ip_address)).toEqual(['10.5.0.10']);
      const { floatingips } = (await server.admin('GET', '/floatingips')).body;
      expect(floatingips.map((row: Row) => row.fixed_ip_address)).toEqual(['10.5.0.10']);
      // what was for every project still is
      const seen = (await server.stranger('GET', '/networks')).body.networks;
      expect(seen.map(({ name }: Row) => name)).toEqual(['public01']);
      // who owns a network knows of the ports that others have on it
      const theirs = ports.find((port: Row) => port.device_owner === 'network:router_gateway');
      const network = (await server.admin('GET', `/networks/${theirs.network_id}`)).body.network;
      expect(theirs.tenant_id).not.toBe(network.tenant_id);
      const known = (await server.withRole(network.tenant_id, 'member')('GET', '/ports')).body.ports;
      expect(known.map(({ id }: Row) => id)).toContain(theirs.id);
      const made = await make(server.admin, 'port', { network_id: old.network_id });
      expect(ports.flatMap((port: { fixed_ips: Row[] }) => port.fixed_ips)).not.toContainEqual(
        made.fixed_ips[0],
      );
      const taken = await server.admin('POST', '/ports', {
        port: { network_id: old.network_id, mac_address: old.mac_address },
      });
      expect(taken.status).toBe(409);
    });
  });
});

it('tables that two servers make at the same time are made once', async () => {
  const url = await createDatabase(inject('mariadb'), 'at_once');
  const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(url, networkingSchema)));
  const [store] = stores;
  const versions = await sql<{ version: number }>`select version from schema_version`.execute(
    store!.read.sql,
  );
  expect(versions.rows).toEqual([{ version: networkingSchema.version }]);
  await Promise.all(stores.map((one) => one.close()));
});
