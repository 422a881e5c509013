// A node's configuration files: the templates of its kind, with the lab's secrets and settings put in.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { TarEntry } from '../engine/tar.ts';
import type { ConfigOverride, NodeSpec } from './spec.ts';

/** Puts values in for `@NAME@` marks. Throws when a mark has no value. */
export function fillTemplate(text: string, values: Record<string, string>): string {
  return text.replace(/@([A-Z][A-Z_]*)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`No value for @${name}@`);
    return value;
  });
}

/** Sets one option of an ini file: in place of an earlier value, else at the top of its section, else in a new one. */
export function setOption(
  text: string,
  { section, option, value }: Omit<ConfigOverride, 'node' | 'file'>,
): string {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.trim() === `[${section}]`);
  const setting = `${option} = ${value}`;
  if (head < 0) return `${text.trimEnd()}${text.trim() === '' ? '' : '\n\n'}[${section}]\n${setting}\n`;
  const next = lines.findIndex((line, index) => index > head && /^\s*\[/.test(line));
  const end = next < 0 ? lines.length : next;
  const old = lines.findIndex((line, index) => {
    return index > head && index < end && line.split('=')[0]?.trim() === option && line.includes('=');
  });
  if (old < 0) lines.splice(head + 1, 0, setting);
  else lines[old] = setting;
  return lines.join('\n');
}

/** Path in the node to text. */
export type Templates = Record<string, string>;

/** Reads the templates of a kind from `images/<kind>/config`; a kind without any has none. */
export async function readTemplates(imagesFolder: string, kind: string): Promise<Templates> {
  const folder = join(imagesFolder, kind, 'config');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(
    async (file) => [`/${relative(folder, file)}`, await readFile(file, 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

/** The files of one node, ready to be packed: paths without the leading slash, readable by their owner only. */
export function configFiles(
  node: NodeSpec,
  {
    templates,
    secrets,
    overrides,
  }: { templates: Templates; secrets: Record<string, string>; overrides: ConfigOverride[] },
): TarEntry[] {
  const files = Object.fromEntries(
    Object.entries(templates).map(([path, text]) => [path, fillTemplate(text, secrets)]),
  );
  for (const override of overrides) {
    if (override.node !== node.name && override.node !== node.kind) continue;
    files[override.file] = setOption(files[override.file] ?? '', override);
  }
  return Object.entries(files).map(([path, content]) => ({ path: path.slice(1), content, mode: 0o600 }));
}
