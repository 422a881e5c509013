// What would Open vSwitch do with a packet? `ofproto/trace` answers without sending one.
import { z } from 'zod';
import { commandLine, excerpt } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  on: z.string(),
  bridge: z.string(),
  /** The packet, as ovs-appctl reads it: 'in_port=qvo...,icmp,dl_src=...'. */
  packet: z.string(),
  /** The device it must leave by; 'drop' when it must not. */
  output: z.string(),
  /** The VLAN id it must carry then. */
  vlan: z.coerce.string().optional(),
});

export interface Traced {
  /** Devices by which the packet leaves, with the VLAN id it carries there. */
  outputs: { device: string; vlan: number | undefined }[];
  actions: string;
}

export const flowTrace: CheckKind<z.infer<typeof schema>> = {
  name: 'flow-trace',
  schema,
  places: ({ on }) => [on],
  run: async ({ exec }, { on, bridge, packet, output, vlan }) => {
    const argv = ['ovs-appctl', '--timeout=5', 'ofproto/trace', '--names', bridge, packet];
    const { code, stdout, stderr } = await exec(on, argv);
    const { outputs, actions } = parseTrace(stdout);
    const isRight =
      output === 'drop'
        ? outputs.length === 0
        : outputs.some((one) => one.device === output && (vlan === undefined || String(one.vlan) === vlan));
    return {
      verdict: code === 0 && isRight ? 'passed' : 'failed',
      observed: code === 0 ? `datapath actions: ${excerpt(actions)}` : excerpt(stderr),
      expected:
        output === 'drop'
          ? 'the packet is dropped'
          : `the packet leaves by ${output}${vlan === undefined ? '' : ` with VLAN ${vlan}`}`,
      where: `bridge ${bridge} on ${on}`,
      command: { place: on, text: commandLine(argv) },
      ...(output === 'drop' ? { isAbsence: true as const } : {}),
      ...(code === 0 ? {} : { unasked: excerpt(stderr) }),
    };
  },
};

/** Reads the last 'Datapath actions' line of a trace; a group in braces is flattened. */
export function parseTrace(stdout: string): Traced {
  const actions = [...stdout.matchAll(/^Datapath actions: (.*)$/gm)].at(-1)?.[1] ?? '';
  let vlan: number | undefined;
  const outputs: Traced['outputs'] = [];
  for (const [action] of actions.matchAll(/push_vlan\([^)]*\)|pop_vlan|[a-z_]+\([^)]*\)|[\w.-]+/g)) {
    if (action.startsWith('push_vlan')) vlan = Number(/vid=(\d+)/.exec(action)?.[1]);
    else if (action === 'pop_vlan') vlan = undefined;
    else if (!action.includes('(') && action !== 'drop') outputs.push({ device: action, vlan });
  }
  return { outputs, actions };
}
