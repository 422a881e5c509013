// What a cloud holds, line by line: API objects, and on every node namespaces, addresses, rules, flows, files. Two of them
// tell whether something was changed in between.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckContext, ServiceName } from '../checks/types.ts';

const script = readFileSync(join(import.meta.dirname, 'print-node.sh'), 'utf8');

const lists: [service: ServiceName, path: string, key: string][] = [
  ...['networks', 'subnets', 'ports', 'routers', 'floatingips'].map(
    (key) => ['network', `/v2.0/${key}`, key] as [ServiceName, string, string],
  ),
  ['network', '/v2.0/security-groups', 'security_groups'],
  ['network', '/v2.0/security-group-rules', 'security_group_rules'],
  ['compute', '/v2.1/servers/detail?all_tenants=1', 'servers'],
  ['identity', '/v3/projects', 'projects'],
];

/** Fields that move by themselves. */
const moving = new Set(['updated_at', 'updated', 'revision_number', 'progress']);

/** Reads it all, everywhere at once; about half a second. */
export async function takeFingerprint({ exec, get }: CheckContext, nodeNames: string[]): Promise<string[]> {
  const objects = lists.map(async ([service, path, key]) => {
    const { body } = await get(service, path);
    const rows = ((body as Record<string, unknown> | undefined)?.[key] ?? []) as Record<string, unknown>[];
    return rows.map(
      (row) => `${key} ${JSON.stringify(row, (name, value) => (moving.has(name) ? undefined : value))}`,
    );
  });
  const nodes = nodeNames.map(async (node) => {
    const { stdout } = await exec(node, ['sh', '-s'], { stdin: script, timeoutMs: 10_000 });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => `${node}: ${line}`);
  });
  return (await Promise.all([...objects, ...nodes])).flat();
}

/** Lines that went (`-`) and came (`+`), at most ten; empty when nothing changed. */
export function differencesOf(before: string[], after: string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)];
  const gone = before.filter((line) => !is.has(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !was.has(line)).map((line) => `+ ${line}`);
  return [...gone, ...come].slice(0, 10);
}
