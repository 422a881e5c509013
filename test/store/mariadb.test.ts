// MariaDB as a store: values come back exactly, keys are told apart exactly, conflicts and refusals say what they are.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openMariadb } from '../../server/cloud/store/mariadb.ts';
import { parseMariadbUrl } from '../../server/cloud/store/mariadb-url.ts';
import { openStore, TransientConflict, UniqueConflict, type Store } from '../../server/cloud/store/store.ts';
import { defineTable } from '../../server/cloud/store/table.ts';
import { connectTo, createDatabase, query } from '../support/mariadb-client.ts';

interface Thing {
  id: string;
  name: string;
  text: string;
  number: number;
  flag: boolean;
  list: unknown;
  maybe: string | null;
}
const things = defineTable<Thing>({
  name: 'things',
  columns: {
    id: { type: 'varchar', length: 36 },
    name: { type: 'varchar' },
    text: { type: 'text' },
    number: { type: 'int' },
    flag: { type: 'bool' },
    list: { type: 'json' },
    maybe: { type: 'varchar', nullable: true },
  },
  key: ['id'],
  unique: [['name']],
  indexes: [['number']],
});
interface Part {
  id: string;
  thing_id: string;
}
const parts = defineTable<Part>({
  name: 'parts',
  columns: {
    id: { type: 'varchar', length: 36 },
    thing_id: { type: 'varchar', length: 36, references: { table: 'things', onDelete: 'cascade' } },
  },
  key: ['id'],
});
const schema = { version: 1, tables: [things, parts] };
const thing = (id: string, more: Partial<Thing> = {}): Thing => ({
  id,
  name: `name ${id}`,
  text: '',
  number: 0,
  flag: false,
  list: [],
  maybe: null,
  ...more,
});

describe('rows', () => {
  let url: string;
  let store: Store;
  beforeAll(async () => {
    url = await createDatabase(inject('mariadb'), 'things');
    store = await openStore(url, schema);
  });
  afterAll(() => store.close());

  it('come back as they were put in', async () => {
    const rows = [
      thing('1', {
        name: 'O\'Brien \\ "x" ? :y % _ \n\t\0',
        text: 'é 漢 🦊',
        number: 2 ** 53 - 1,
        flag: true,
      }),
      thing('2', { list: { a: [null, 1.5, 'x'], b: '🦊' }, number: -(2 ** 53 - 1), maybe: '' }),
      thing('3', { text: 'x'.repeat(300_000), list: Array.from({ length: 20_000 }, (_, index) => index) }),
    ];
    await store.read.insert(things, rows);
    expect(await store.read.all(things, {}, { orderBy: [{ column: 'id' }] })).toEqual(rows);
    expect(await store.read.all(things, { flag: true })).toEqual([rows[0]]);
    expect(await store.read.find(things, { name: rows[0]!.name })).toEqual(rows[0]);
    expect(await store.read.count(things, { maybe: null })).toBe(2);
    expect(await store.read.all(things, { id: [] })).toEqual([]);
    expect(await store.read.update(things, { id: '2' }, { maybe: '' })).toBe(1);
    expect(await store.read.remove(things, {})).toBe(3);
  });

  it('are told apart by case, accents and spaces at the end, and sorted by their bytes, as in SQLite', async () => {
    const names = ['a', 'A', 'á', 'a ', 'aa', 'ａ', '', ' '];
    await store.read.insert(
      things,
      names.map((name, index) => thing(String(index), { name })),
    );
    for (const [index, name] of names.entries())
      expect((await store.read.all(things, { name })).map(({ id }) => id)).toEqual([String(index)]);
    const sorted = await store.read.all(things, {}, { orderBy: [{ column: 'name' }] });
    expect(sorted.map(({ name }) => name)).toEqual(['', ' ', 'A', 'a', 'a ', 'aa', 'á', 'ａ']);
    await store.read.remove(things, {});
  });

  it('an object where text belongs is text, never a piece of SQL', async () => {
    await store.read.insert(things, thing('1'));
    const sly = { id: { id: 1 } } as unknown as { id: string };
    expect(await store.read.all(things, sly)).toEqual([]);
    expect(await store.read.remove(things, {})).toBe(1);
  });

  it('a taken key names its table and not its values; nothing of the transaction stays', async () => {
    const failed = await store
      .transaction(async (rows) => {
        await rows.insert(things, thing('1', { text: 'hunter2' }));
        await rows.insert(things, thing('2', { name: 'name 1', text: 'hunter2' }));
      })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UniqueConflict);
    expect((failed as UniqueConflict).table).toBe('things');
    expect(everythingIn(failed)).not.toContain('hunter2');
    expect(await store.read.count(things)).toBe(0);
  });

  it('what does not fit is refused as the caller’s, not cut', async () => {
    const refused = store.read.insert(things, thing('1', { name: 'x'.repeat(256) }));
    await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringContaining('name') });
    expect(await store.read.count(things)).toBe(0);
  });

  it('what belongs to a row goes with it, and cannot be without it', async () => {
    await store.read.insert(things, thing('1'));
    await store.read.insert(parts, { id: 'p', thing_id: '1' });
    await expect(store.read.insert(parts, { id: 'q', thing_id: 'none' })).rejects.toThrow(/foreign key/);
    await store.read.remove(things, { id: '1' });
    expect(await store.read.count(parts)).toBe(0);
  });

  it('transactions of two servers follow each other, so that what one read is still true when it writes', async () => {
    const other = await openStore(url, schema);
    await store.read.insert(things, thing('counter'));
    const increment = (of: Store) =>
      of.transaction(async (rows) => {
        const { number } = (await rows.find(things, { id: 'counter' }))!;
        await rows.update(things, { id: 'counter' }, { number: number + 1 });
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => increment(index % 2 === 0 ? store : other)));
    expect((await store.read.find(things, { id: 'counter' }))!.number).toBe(40);
    await other.close();
    await store.read.remove(things, {});
  });

  it('a deadlock with somebody else’s statements is got over', async () => {
    await store.read.insert(things, [thing('1'), thing('2')]);
    const { promise: half, resolve: isHalf } = Promise.withResolvers<void>();
    const somebody = await connectTo(url);
    await somebody.query('begin');
    // who has done more is not the one that the server breaks off
    await somebody.query(
      "insert into things select concat('x', seq), seq, '', 0, 0, '[]', null from seq_1_to_100",
    );
    await somebody.query("update things set number = number + 1 where id = '1'");
    let runs = 0;
    const ours = store.transaction(async (rows) => {
      runs++;
      await rows.update(things, { id: '2' }, { number: 7 });
      isHalf();
      await rows.update(things, { id: '1' }, { number: 7 });
    });
    await half;
    await somebody.query("update things set number = number + 1 where id = '2'");
    await somebody.query('commit');
    await somebody.end();
    await ours;
    expect(runs).toBe(2);
    expect((await store.read.all(things, { id: ['1', '2'] })).map(({ number }) => number)).toEqual([7, 7]);
    await store.read.remove(things, {});
  });

  it('no statement takes longer than it may, and no more connections are opened than may be', async () => {
    const bounded = await openMariadb<Record<string, Record<string, unknown>>>(parseMariadbUrl(url), {
      connections: 1,
      statementSeconds: 1,
    });
    await expect(sql`select sleep(20)`.execute(bounded)).rejects.toMatchObject({ status: 503 });
    const ids = await Promise.all(
      [1, 2, 3].map(() => sql<{ id: number }>`select connection_id() as id`.execute(bounded)),
    );
    expect(new Set(ids.map(({ rows }) => rows[0]!.id)).size).toBe(1);
    await bounded.destroy();
  });

  it('a transaction that the database broke off runs again; after that it is told', async () => {
    await store.read.insert(things, thing('1'));
    let runs = 0;
    const killSelf = () =>
      store.transaction(async (rows) => {
        runs++;
        await rows.update(things, { id: '1' }, { number: runs });
        const own = await sql<{ id: number }>`select connection_id() as id`.execute(rows.sql);
        if (runs < 3) await query(url, `kill ${own.rows[0]!.id}`);
        await rows.update(things, { id: '1' }, { text: 'done' });
      });
    await killSelf();
    expect(runs).toBe(3);
    expect(await store.read.find(things, { id: '1' })).toMatchObject({ number: 3, text: 'done' });

    runs = -10;
    await expect(killSelf()).rejects.toThrow(TransientConflict);
    expect(await store.read.find(things, { id: '1' })).toMatchObject({ number: 3, text: 'done' });
    await store.read.remove(things, {});
  });
});

describe('a database that cannot be used', () => {
  const secret = 'S3cret/pass';
  const quoted = encodeURIComponent(secret);

  it.each([
    [
      'a wrong password',
      (at: string) => `mysql://patchbay:${quoted}@${at}/things`,
      /refuses user 'patchbay'/,
    ],
    ['an unknown database', undefined, /no database 'nothing_here': create it/],
    [
      'nobody there',
      () => `mysql://patchbay:${quoted}@127.0.0.1:1/things`,
      /cannot be reached \(ECONNREFUSED\)/,
    ],
    [
      'no such socket',
      () => `mysql://patchbay:${quoted}@localhost/things?unix_socket=/nowhere/mysqld.sock`,
      /cannot be reached \(ENOENT\)/,
    ],
  ] as const)('%s is said, and the password is not', async (_what, urlOf, reason) => {
    const server = inject('mariadb');
    const url = urlOf === undefined ? `${server}nothing_here` : urlOf(new URL(server).host);
    const failed = await openStore(url, schema).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(reason) });
    expect((failed as Error).message).toContain('[database] connection: mysql://patchbay@');
    for (const text of [secret, quoted, decodeURIComponent(new URL(server).password)])
      expect(everythingIn(failed)).not.toContain(text);
  });

  it('that belongs to a newer program is refused and left as it is', async () => {
    const url = await createDatabase(inject('mariadb'), 'newer');
    await (await openStore(url, { version: 7, tables: [things] })).close();
    const failed = await openStore(url, { version: 5, tables: [things, parts] }).catch(
      (error: unknown) => error,
    );
    expect((failed as Error).message).toMatch(
      /mysql:\/\/patchbay@.*\/newer_\w+ has schema version 7, this program knows versions up to 5/,
    );
    expect(await query(url, "show tables like 'parts'")).toEqual([]);
    await (await openStore(url, { version: 7, tables: [things] })).close();
  });
});

/** All that a log could show of an error. */
function everythingIn(error: unknown): string {
  const seen: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause)
    seen.push(JSON.stringify(at, Object.getOwnPropertyNames(at)), at.message, at.stack ?? '');
  return seen.join('\n');
}
