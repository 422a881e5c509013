// Which reference pages there are; run as a program it writes them below docs/reference.
import { mkdirSync, writeFileSync } from 'node:fs';
import { resources } from '../model/index.ts';
import { optionPage, resourcePage } from '../model/reference.ts';
import { serverOptions } from './options.ts';

/** Text of each page by its file name. */
export const referencePages = (): Record<string, string> => ({
  'networking-api.md': resourcePage(resources),
  'networking-options.md': optionPage('Options of the Networking server', {
    'neutron.conf, ml2_conf.ini': serverOptions,
  }),
});

if (import.meta.main) {
  const folder = new URL('../../../docs/reference/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(referencePages())) writeFileSync(new URL(name, folder), text);
}
