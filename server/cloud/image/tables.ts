// The table of images. `properties` keeps the attributes that clients add on their own.
import { defineTable, type Column, type Table } from '../store/table.ts';

export interface ImageRow {
  id: string;
  name: string | null;
  /** queued: no data yet; saving: data is coming; active: usable. */
  status: 'queued' | 'saving' | 'active';
  visibility: 'public' | 'private' | 'shared' | 'community';
  /** Project id; empty for images that came with the cloud. */
  owner: string;
  disk_format: string | null;
  container_format: string | null;
  size: number | null;
  checksum: string | null;
  os_hash_value: string | null;
  min_disk: number;
  min_ram: number;
  protected: boolean;
  os_hidden: boolean;
  tags: string[];
  properties: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

/** Files that became images before, so that a deleted one does not come back. */
export interface SeedRow {
  file: string;
}

const text: Column = { type: 'varchar', length: 255 };
const maybe = (column: Column): Column => ({ ...column, nullable: true });

export const images: Table<ImageRow> = defineTable({
  name: 'images',
  columns: {
    id: { type: 'varchar', length: 36 },
    name: maybe(text),
    status: text,
    visibility: text,
    owner: text,
    disk_format: maybe(text),
    container_format: maybe(text),
    size: maybe({ type: 'int' }),
    checksum: maybe(text),
    os_hash_value: maybe(text),
    min_disk: { type: 'int' },
    min_ram: { type: 'int' },
    protected: { type: 'bool' },
    os_hidden: { type: 'bool' },
    tags: { type: 'json' },
    properties: { type: 'json' },
    created_at: text,
    updated_at: text,
  },
  key: ['id'],
  indexes: [['name'], ['owner']],
});

export const seeds: Table<SeedRow> = defineTable({ name: 'seeds', columns: { file: text }, key: ['file'] });

export const imageSchema = { version: 1, tables: [images, seeds] };
