// What a database writes as JSON says the same as the values do that it hands out, whatever they are.
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { textColumn } from '../../server/cloud/store/json-text.ts';
import { openStore } from '../../server/cloud/store/store.ts';
import { defineTable } from '../../server/cloud/store/table.ts';
import { seed } from '../support/generated-bodies.ts';
import { createDatabase } from '../support/mariadb-client.ts';

interface Thing {
  id: string;
  name: string | null;
  text: string;
  number: number | null;
  flag: boolean | null;
  list: unknown;
}
const things = defineTable<Thing>({
  name: 'things',
  columns: {
    id: { type: 'varchar', length: 36 },
    name: { type: 'varchar', nullable: true },
    text: { type: 'text' },
    number: { type: 'int', nullable: true },
    flag: { type: 'bool', nullable: true },
    list: { type: 'json', nullable: true },
  },
  key: ['id'],
});
const names = Object.keys(things.columns);
const odd = String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code), 127, 0x2028);

const string = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', '"', '\\', '/', "'", '%s %', '?', odd, 'null', '\u{1f600}'),
);
const thing = fc.record({
  name: fc.option(string),
  text: string,
  number: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  flag: fc.option(fc.boolean()),
  list: fc.option(fc.oneof(fc.array(string, { maxLength: 3 }), fc.dictionary(string, fc.jsonValue()))),
});

describe.each(['sqlite', 'mariadb'] as const)('%s', (kind) => {
  const schema = { version: 1, tables: [things] };

  it(`writes columns as JSON (seed ${seed})`, async () => {
    const url = kind === 'sqlite' ? 'sqlite://' : await createDatabase(inject('mariadb'), 'things');
    const store = await openStore(url, schema);
    try {
      const written = names.map((name) => ({ name: `${name}:"shown"`, column: name }));
      await fc.assert(
        fc.asyncProperty(fc.array(thing, { minLength: 1, maxLength: 10 }), async (list) => {
          await store.read.remove(things, {});
          await store.read.insert(
            things,
            list.map((one, index) => ({ id: String(index), ...one })),
          );
          const rows = await store.read.all(things, {}, { columns: names, written });
          expect(rows).toHaveLength(list.length);
          for (const row of rows as (Thing & Record<string, unknown>)[]) {
            const { [textColumn]: text, ...values } = row;
            const shown = Object.entries(values).map(([name, value]) => [`${name}:"shown"`, value]);
            expect(JSON.parse(`{${String(text)}}`)).toEqual(Object.fromEntries(shown));
          }
        }),
        { numRuns: 100, seed },
      );
    } finally {
      await store.close();
    }
  });

  it('writes no column that the table does not have', async () => {
    const url = kind === 'sqlite' ? 'sqlite://' : await createDatabase(inject('mariadb'), 'things');
    const store = await openStore(url, schema);
    try {
      const written = [{ name: 'x', column: 'x' }];
      await expect(store.read.all(things, {}, { written })).rejects.toThrow('Table things has no column x');
    } finally {
      await store.close();
    }
  });
});
