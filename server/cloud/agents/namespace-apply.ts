// Does the steps of a namespace plan; neighbouring `ip` steps become one `ip -batch`.
import { existsSync } from 'node:fs';
import { ipBatch } from '../../host/ip.ts';
import { restoreTables } from '../../host/iptables.ts';
import { addVethArgs, removeLink, setLinkArgs } from '../../host/link.ts';
import { ensureNetns, removeNetns } from '../../host/netns.ts';
import { ensurePortCommands, removePortCommand, vsctl } from '../../host/ovs-vsctl.ts';
import { setSysctls } from '../../host/sysctl.ts';
import type { NamespaceStep, Ownership } from './namespace-plan.ts';

type PlugStep = Extract<NamespaceStep, { kind: 'plug' }>;

/** Puts `steps` into effect in order. `other` does the steps that are the agent's own. */
export async function applySteps<Other extends { kind: string }>(
  steps: readonly (NamespaceStep | Other)[],
  { ns }: Pick<Ownership, 'ns'>,
  other: (step: Exclude<Other, NamespaceStep>) => Promise<void>,
): Promise<void> {
  const lines: string[][] = [];
  const flush = () => ipBatch(lines.splice(0), ns);
  for (const step of steps as NamespaceStep[]) {
    if (step.kind === 'ip') {
      lines.push(step.args);
      continue;
    }
    await flush();
    switch (step.kind) {
      case 'add-namespace':
        await ensureNetns(ns!);
        break;
      case 'remove-namespace':
        await removeNetns(ns!);
        break;
      case 'set-sysctls':
        await setSysctls(step.values, ns);
        break;
      case 'plug':
        await plug(step, ns);
        break;
      case 'unplug':
        await vsctl([removePortCommand(step.bridge, step.name)]);
        break;
      case 'add-veth':
        await ensureNetns(step.veth.peer!.ns);
        await ipBatch([addVethArgs(step.veth, step.veth.peer!)], ns);
        break;
      case 'load-rules':
        await restoreTables(step.input, ns === undefined ? {} : { ns });
        break;
      default:
        await other(step as Exclude<Other, NamespaceStep>);
    }
  }
  await flush();
}

const isInRoot = (name: string) => existsSync(`/sys/class/net/${name}`);

/** Makes the port and brings its device into the namespace. */
async function plug({ device, from, presence }: PlugStep, ns: string | undefined): Promise<void> {
  const { name, portId, bridge, mac } = device;
  const externalIds = { 'iface-id': portId, 'attached-mac': mac, 'iface-status': 'active' };
  const add = ensurePortCommands(bridge, name, { type: 'internal', externalIds });
  if (from !== undefined && from !== bridge) await vsctl([removePortCommand(from, name)]);
  await vsctl(add);
  if (ns === undefined || (presence === 'alive' && from === bridge)) return;
  if (!isInRoot(name)) {
    // The switch still holds a device that died with its namespace; a port made anew (in a transaction of its own) gets a new one.
    await vsctl([removePortCommand(bridge, name)]);
    await vsctl(add);
  }
  if (presence !== 'missing') await removeLink(name, ns);
  await ipBatch([setLinkArgs({ name, netns: ns })]);
}
