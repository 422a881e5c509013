// Which rows carry which tag: a table for each resource with tags, for lists that choose by them. The rows themselves
// hold their tags too, so that showing them costs no further query.
import { resources } from '../model/index.ts';
import type { Resource } from '../../lib/resource.ts';
import { defineTable, type Table } from './table.ts';

export interface TagRow {
  resource_id: string;
  tag: string;
}

/** The resources that have tags. */
export const taggedResources: readonly Resource[] = resources.filter(({ fields }) => 'tags' in fields);

/** By resource name: `network`. */
export const tagTables: Readonly<Record<string, Table<TagRow>>> = Object.fromEntries(
  taggedResources.map(({ name, plural }) => [
    name,
    defineTable<TagRow>({
      name: `${plural}_tags`,
      columns: {
        resource_id: { type: 'varchar', length: 36, references: { table: plural, onDelete: 'cascade' } },
        tag: { type: 'varchar', length: 255 },
      },
      key: ['resource_id', 'tag'],
      indexes: [['tag']],
    }),
  ]),
);
