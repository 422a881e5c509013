// 64 clients at once after less than 64 of something: each is given once, all are given, the others are told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../support/mariadb-client.ts';
import { askAs, networkingServer, type Ask, type NetworkingServer } from '../support/networking.ts';
import {
  raceForAddresses,
  raceForFloatingIps,
  raceForQuota,
  raceForVlans,
  settingsOfRace,
  type Outcome,
} from '../support/race.ts';
import { startStoreProcess, type StoreProcess } from '../support/store-process.ts';

const told = ({ given, refused }: Outcome) => ({
  given: given.length,
  different: new Set(given).size,
  refused,
});

/** The same races, whoever serves. */
function races(servers: () => readonly Ask[]): void {
  it('each address goes to one port', async () => {
    expect(told(await raceForAddresses(servers()))).toEqual({
      given: 61,
      different: 61,
      refused: { '409 IpAddressGenerationFailure': 3 },
    });
  });

  it('each VLAN goes to one network', async () => {
    expect(told(await raceForVlans(servers()))).toEqual({
      given: 60,
      different: 60,
      refused: { '503 NoNetworkAvailable': 4 },
    });
  });

  it('each floating IP is given once', async () => {
    expect(told(await raceForFloatingIps(servers()))).toEqual({
      given: 61,
      different: 61,
      refused: { '409 IpAddressGenerationFailure': 3 },
    });
  });

  it('a quota is not exceeded', async () => {
    expect(told(await raceForQuota(servers()))).toEqual({
      given: 10,
      different: 10,
      refused: { '409 OverQuota': 54 },
    });
  });
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'allocation-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['SQLite', 'MariaDB'] as const)('over %s', (kind) => {
  let server: NetworkingServer;
  beforeAll(async () => {
    const url =
      kind === 'SQLite'
        ? `sqlite:///${join(folder, 'races.sqlite')}`
        : await createDatabase(inject('mariadb'), 'races');
    server = await networkingServer({ url, settings: settingsOfRace });
  });
  afterAll(() => server[Symbol.asyncDispose]());
  races(() => [server.admin]);
});

describe('over MariaDB, by two servers', () => {
  let processes: StoreProcess[] = [];
  beforeAll(async () => {
    const url = await createDatabase(inject('mariadb'), 'races_of_two');
    // both make the tables, at the same time
    processes = await Promise.all([startStoreProcess(url), startStoreProcess(url)]);
  });
  afterAll(() => Promise.all(processes.map(({ kill }) => kill())));
  races(() => processes.map(({ url }) => askAs(url, 'admin')));
});
