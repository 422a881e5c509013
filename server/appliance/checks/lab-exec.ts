// Runs checks' commands where they belong: in a node, in an instance on whichever node holds it, in a namespace.
import { commandLine, placeName } from './command-line.ts';
import { findServer } from './find.ts';
import { LabBroken, NameNotFound } from './types.ts';
import type { ApiGet, Exec, ExecOptions, ExecResult } from './types.ts';

/** Runs an argument list in a node and ends it when its time is up (code 124); rejects when the node is not there. */
export type NodeExec = (node: string, argv: string[], options?: ExecOptions) => Promise<ExecResult>;

export function createExec({ runInNode, get }: { runInNode: NodeExec; get: ApiGet }): Exec {
  return async (target, argv, { timeoutMs = 10_000, stdin } = {}) => {
    const { node, prefix } = await placeOf(target, get);
    const bounds = { timeoutMs, ...(stdin === undefined ? {} : { stdin }) };
    const result = await runInNode(node, [...prefix, ...argv], bounds).catch((error: unknown) => {
      throw new LabBroken(
        `node ${node} runs no commands (${error instanceof Error ? error.message : String(error)})`,
      );
    });
    const missing = result.code === 0 ? undefined : whatIsMissing(target, argv, result);
    if (missing === undefined) return result;
    throw new NameNotFound({
      observed: missing,
      expected: `${placeName(target)} runs ${argv[0]}`,
      where: placeName(target),
      command: { place: node, text: commandLine([...prefix, ...argv]) },
    });
  };
}

/** Why the command was never run, or undefined when it was and only failed. */
function whatIsMissing(
  target: string,
  [program = '']: string[],
  { code, stdout, stderr }: ExecResult,
): string | undefined {
  const said = `${stdout}\n${stderr}`;
  const kind = target.split(':')[0];
  if (kind === 'netns' && said.includes('Cannot open network namespace'))
    return `there is no ${placeName(target)}`;
  if (kind === 'vm' && (code === 3 || code === 4) && /^(No instance|Instance) '/m.test(said))
    return `${placeName(target)} does not run`;
  const isUnknown =
    /executable file not found|failed to run command|exec of ".*" failed: No such|failed to execute .*: No such/;
  return isUnknown.test(said) ? `${placeName(target)} has no program ${program}` : undefined;
}

async function placeOf(target: string, get: ApiGet): Promise<{ node: string; prefix: string[] }> {
  const [kind, first = '', second = ''] = target.split(':');
  if (kind === 'netns') return { node: first, prefix: ['ip', 'netns', 'exec', second] };
  if (kind !== 'vm') return { node: target, prefix: [] };
  const server = await findServer(get, first);
  const host = server['OS-EXT-SRV-ATTR:host'];
  if (typeof host !== 'string' || host === '')
    throw new NameNotFound({
      observed: `instance ${first} is ${String(server['status'])} and on no node`,
      expected: `instance ${first} runs`,
      where: 'the compute API',
      command: { place: 'controller', text: `nova show ${first}` },
    });
  return { node: host, prefix: ['guest-exec', String(server['id'])] };
}
