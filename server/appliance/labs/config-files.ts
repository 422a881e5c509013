// A node's configuration files: the templates of its kind, with the lab's secrets and settings put in.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { TarEntry } from '../engine/tar.ts';
import type { ConfigOverride, NodeSpec } from './spec.ts';

/** Puts values in for `@NAME@` marks. Throws when a mark has no value. */
export function fillTemplate(text: string, values: Record<string, string>): string {
  return text.replace(/@([A-Z][A-Z0-9_]*)@/g, (_, name: string) => {
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

/** Templates of the agents lie with the cloud's program; a kind of node may have its own beside them. */
const agentKinds: readonly string[] = ['network', 'compute'];

/** A file of a service that does not run on the node has no place there. */
const fileOf: Record<string, string> = {
  '/etc/neutron/dhcp_agent.ini': 'neutron-dhcp-agent',
  '/etc/neutron/l3_agent.ini': 'neutron-l3-agent',
  '/etc/neutron/metadata_agent.ini': 'neutron-metadata-agent',
  '/etc/neutron/metering_agent.ini': 'neutron-metering-agent',
  '/etc/neutron/plugins/openvswitch/ovs_neutron_plugin.ini': 'neutron-openvswitch-agent',
  '/etc/neutron/plugins/linuxbridge/linuxbridge_conf.ini': 'neutron-linuxbridge-agent',
};

/** Reads the templates of a kind from the folders `images/.../config`; a kind without any has none. */
export async function readTemplates(imagesFolder: string, kind: string): Promise<Templates> {
  const shared = agentKinds.includes(kind) ? await readFolder(join(imagesFolder, 'cloud', 'config')) : {};
  return { ...shared, ...(await readFolder(join(imagesFolder, kind, 'config'))) };
}

async function readFolder(folder: string): Promise<Templates> {
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
  const marks = { ...secrets, ...node.marks };
  const isWanted = (path: string) => fileOf[path] === undefined || node.services.includes(fileOf[path]);
  const files = Object.fromEntries(
    Object.entries(templates)
      .filter(([path]) => isWanted(path))
      .map(([path, text]) => [path, fillTemplate(text, marks)]),
  );
  for (const override of overrides) {
    if (override.node !== node.name && override.node !== node.kind) continue;
    if (!isWanted(override.file)) continue;
    files[override.file] = setOption(files[override.file] ?? '', override);
  }
  return Object.entries(files).map(([path, content]) => ({ path: path.slice(1), content, mode: 0o600 }));
}
