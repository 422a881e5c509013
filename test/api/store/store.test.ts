// The store: migrations forward, refusal backward, transactions, and nothing lost when the process is killed.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqlite, sqlitePath } from '../../../server/cloud/store/sqlite.ts';
import { openStore, UniqueConflict } from '../../../server/cloud/store/store.ts';
import type { SecurityGroup } from '../../../server/cloud/model/security-group.ts';
import { securityGroups } from '../../../server/cloud/store/networking-tables.ts';
import { defineTable, type Table } from '../../../server/cloud/store/table.ts';
import type { AnyTables } from '../../../server/cloud/store/rows.ts';
import { root } from '../../support/sources.ts';

interface Lease {
  id: string;
  address: string;
  is_held: boolean;
  options: string[];
}
const columns = {
  id: { type: 'varchar' },
  address: { type: 'varchar', length: 64 },
  is_held: { type: 'bool' },
  options: { type: 'json' },
} as const;
const leases = defineTable<Lease>({ name: 'leases', columns, key: ['id'], unique: [['address']] });
const lease = (id: string, address: string): Lease => ({ id, address, is_held: true, options: ['a'] });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const urlOf = (name: string) => `sqlite:///${join(folder, name)}`;

it('reads connection URLs as SQLAlchemy writes them', () => {
  expect(sqlitePath('sqlite:////var/lib/neutron/neutron.sqlite')).toBe('/var/lib/neutron/neutron.sqlite');
  expect(sqlitePath('sqlite:///here.sqlite')).toBe('here.sqlite');
  expect(sqlitePath('sqlite://')).toBe(':memory:');
  expect(() => sqlitePath('postgres://x')).toThrow(/Not a SQLite connection URL/);
});

it('an unknown kind of database is refused by its name', async () => {
  await expect(openStore('oracle://x', { version: 1, tables: [] })).rejects.toThrow(
    /Unknown kind of database/,
  );
});

it('rows come back as they were put in, by equality, list and null', async () => {
  const store = await openStore('sqlite://', { version: 1, tables: [leases] });
  await store.read.insert(leases, [
    lease('1', '10.0.0.1'),
    { ...lease('2', '10.0.0.2'), is_held: false, options: [] },
  ]);
  expect(await store.read.all(leases, { is_held: false })).toEqual([
    { id: '2', address: '10.0.0.2', is_held: false, options: [] },
  ]);
  expect(await store.read.count(leases, { id: ['1', '2', '3'] })).toBe(2);
  expect(await store.read.all(leases, { id: [] })).toEqual([]);
  expect(await store.read.update(leases, { id: '1' }, { options: ['b'] })).toBe(1);
  expect((await store.read.find(leases, { id: '1' }))?.options).toEqual(['b']);
  expect(await store.read.remove(leases, { is_held: true })).toBe(1);
  await store.close();
});

it('a transaction is kept whole or not at all', async () => {
  const store = await openStore('sqlite://', { version: 1, tables: [leases] });
  const failed = store.transaction(async (rows) => {
    await rows.insert(leases, lease('1', '10.0.0.1'));
    throw new Error('changed my mind');
  });
  await expect(failed).rejects.toThrow('changed my mind');
  const taken = store.transaction(async (rows) => {
    await rows.insert(leases, lease('1', '10.0.0.1'));
    await rows.insert(leases, lease('2', '10.0.0.1'));
  });
  await expect(taken).rejects.toThrow(UniqueConflict);
  expect(await store.read.count(leases)).toBe(0);
  await store.close();
});

it('an older database gets the new columns, tables and indexes, and keeps its rows', async () => {
  const url = urlOf('older.sqlite');
  const { options: _options, ...oldColumns } = columns;
  const older = defineTable<Omit<Lease, 'options'>>({ name: 'leases', columns: oldColumns, key: ['id'] });
  const before = await openStore(url, { version: 1, tables: [older] });
  await before.read.insert(older, { id: '1', address: '10.0.0.1', is_held: true });
  await before.close();

  const more = defineTable<{ id: string }>({
    name: 'more',
    columns: { id: { type: 'varchar' } },
    key: ['id'],
  });
  const steps = {
    2: async (handle: Awaited<ReturnType<typeof openSqlite<AnyTables>>>) => {
      await handle.updateTable('leases').set({ address: '10.0.0.9' }).execute();
    },
  };
  const after = await openStore(url, { version: 2, tables: [leases, more], steps });
  expect(await after.read.all(leases)).toEqual([
    { id: '1', address: '10.0.0.9', is_held: true, options: null },
  ]);
  expect(await after.read.count(more)).toBe(0);
  await expect(after.read.insert(leases, lease('2', '10.0.0.9'))).rejects.toThrow(UniqueConflict);
  await after.close();

  // the step is taken once
  await (await openStore(url, { version: 2, tables: [leases, more], steps })).close();
});

it('a new column of true or false begins as its field does', async () => {
  const url = urlOf('bool.sqlite');
  const { stateful: _new, ...before } = securityGroups.columns;
  const row: SecurityGroup = {
    ...{ id: '1', name: 'g', tenant_id: 't', description: '', tags: [], default_of: null, stateful: false },
    ...{ created_at: '', updated_at: '', revision_number: 0 },
  };
  const { stateful: _later, ...earlier } = row;
  const old = { ...securityGroups, columns: before } as Table<typeof earlier>;
  const first = await openStore(url, { version: 1, tables: [old] });
  await first.read.insert(old, earlier);
  await first.close();
  const after = await openStore(url, { version: 1, tables: [securityGroups] });
  expect(await after.read.all(securityGroups, { stateful: true })).toEqual([{ ...row, stateful: true }]);
  await after.close();
});

it('a newer database is refused, with what to do, and left as it is', async () => {
  const url = urlOf('newer.sqlite');
  await (await openStore(url, { version: 7, tables: [leases] })).close();
  await expect(openStore(url, { version: 5, tables: [leases] })).rejects.toThrow(
    /has schema version 7, this program knows versions up to 5\. Start the newer program/,
  );
  await (await openStore(url, { version: 7, tables: [leases] })).close();
});

it('what was acknowledged is there after a kill -9', async () => {
  const path = join(folder, 'killed.sqlite');
  const program = `
    import { openSqlite } from './server/cloud/store/sqlite.ts';
    const database = openSqlite('sqlite:///${path}');
    await database.schema.createTable('n').addColumn('id', 'integer').execute();
    // It ends by itself also when the test that should kill it is gone.
    const end = Date.now() + 25_000;
    for (let id = 1; Date.now() < end; id++) {
      await database.insertInto('n').values({ id }).execute();
      process.stdout.write(id + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  await expect.poll(() => said.split('\n').length, { timeout: 20_000 }).toBeGreaterThan(200);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  const acknowledged = said.split('\n').length - 1;
  const database = openSqlite<{ n: { id: number } }>(`sqlite:///${path}`);
  const found = await database
    .selectFrom('n')
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  expect(found.rows).toBeGreaterThanOrEqual(acknowledged);
  await database.destroy();
});
