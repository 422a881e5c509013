// The repository's own TypeScript files and what they import, for the tests that hold the house rules.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Paths (relative to the root) of the TypeScript files below `folder`; empty where there is no such folder. */
export function sourcesBelow(folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => !path.includes('node_modules/') && !path.includes('/dist/'));
  } catch {
    return [];
  }
}

export const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** Files of ours that `path` imports, statically or dynamically, relative to the root. */
export function importsOf(path: string): { target: string; typeOnly: boolean }[] {
  const pattern =
    /(import|export)(\s+type)?\s[^;'"]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)|import\s+'(\.[^']+)'/g;
  return [...textOf(path).matchAll(pattern)].map((match) => ({
    target: relative(root, resolve(root, dirname(path), match[3] ?? match[4] ?? match[5] ?? '')),
    typeOnly: match[2] !== undefined,
  }));
}
