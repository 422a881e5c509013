// Where things are in the repository.
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

export const folders = {
  root,
  images: join(root, 'images'),
  labs: join(root, 'labs'),
  web: join(root, 'web'),
  webBuilt: join(root, 'web', 'dist'),
  build: join(root, 'build'),
  server: join(root, 'server'),
  /** The program that runs this and that goes into the nodes. */
  node: join(root, 'node_modules', 'node', 'bin', 'node'),
} as const;
