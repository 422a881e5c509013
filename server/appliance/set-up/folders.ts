// Where things are in the repository.
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

export const folders = {
  root,
  images: join(root, 'images'),
  labs: join(root, 'labs'),
  web: join(root, 'web'),
  webBuilt: join(root, 'web', 'dist'),
  build: join(root, 'build'),
  /** What must outlive the appliance: labs under way, open terminals, proofs, the console's secret. */
  state: resolve(process.env.PATCHBAY_STATE || join(root, 'build', 'state')),
  server: join(root, 'server'),
  /** The program that runs this and that goes into the nodes. */
  node: join(root, 'node_modules', 'node', 'bin', 'node'),
} as const;
