// Does the steps of a namespace plan; neighbouring `ip` steps become one `ip -batch`.
import { existsSync } from 'node:fs';
import { ipBatch } from '../../host/ip.ts';
import { restoreTables } from '../../host/iptables.ts';
import { addVethArgs, removeLink, setLinkArgs } from '../../host/link.ts';
import { addNetns, ensureNetns, loopbackUpArgs, removeNetns } from '../../host/netns.ts';
import { ensurePortCommands, removePortCommand, vsctl } from '../../host/ovs-vsctl.ts';
import { setSysctls } from '../../host/sysctl.ts';
import type { NamespaceStep, Ownership, WantedDevice, WantedVeth } from './namespace-plan.ts';
import { applyVethPlug } from './namespace-veth.ts';

type PlugStep = Extract<NamespaceStep, { kind: 'plug' }>;

/** Puts `steps` into effect in order. `other` does the steps that are the agent's own. */
export async function applySteps<Other extends { kind: string }>(
  steps: readonly (NamespaceStep | Other)[],
  { ns }: Pick<Ownership, 'ns'>,
  other: (step: Exclude<Other, NamespaceStep>) => Promise<void>,
): Promise<void> {
  const lines: string[][] = [];
  /** Lines that may wait for a batch that is needed anyway, until something of the agent's own starts. */
  const patient: string[][] = [];
  const flush = (isLast = false) => {
    const batch = lines.length > 0 || isLast ? [...patient.splice(0), ...lines.splice(0)] : [];
    return ipBatch(batch, ns);
  };
  const made = makePorts(steps as NamespaceStep[]);
  /** Devices that wait to be moved into the namespace, in one batch. */
  const moves: string[][] = [];
  for (const step of steps as NamespaceStep[]) {
    if (step.kind !== 'plug') await ipBatch(moves.splice(0));
    if (step.kind === 'ip') {
      lines.push(step.args);
      continue;
    }
    await flush();
    switch (step.kind) {
      case 'add-namespace':
        await addNetns(ns!);
        patient.push(loopbackUpArgs);
        break;
      case 'remove-namespace':
        await removeNetns(ns!);
        break;
      case 'set-sysctls':
        await setSysctls(step.values, ns);
        break;
      case 'plug':
        if (isNew(step)) {
          await made;
          if (ns === undefined) break;
          if (isInRoot(step.device.name)) {
            moves.push(setLinkArgs({ name: step.device.name, netns: ns }));
            break;
          }
        }
        await plug(step, ns);
        break;
      case 'plug-veth':
        await applyVethPlug(step, ns);
        break;
      case 'unplug':
        await vsctl([removePortCommand(step.bridge, step.name)]);
        break;
      case 'add-veth':
        await addVeth(step.veth, step.veth.peer!, ns);
        break;
      case 'load-rules':
        await restoreTables(step.input, { family: step.family, ...(ns === undefined ? {} : { ns }) });
        break;
      default:
        await flush(true);
        await other(step as Exclude<Other, NamespaceStep>);
    }
  }
  await ipBatch(moves);
  await flush(true);
}

const isNew = (step: NamespaceStep): step is PlugStep =>
  step.kind === 'plug' && step.from === undefined && step.presence === 'missing';

const portCommands = ({ name, portId, bridge, mac }: WantedDevice) => {
  const externalIds = { 'iface-id': portId, 'attached-mac': mac, 'iface-status': 'active' };
  return ensurePortCommands(bridge, name, { type: 'internal', externalIds });
};

/** All new ports in one transaction, while the namespace is being made: they need nothing of it. */
function makePorts(steps: readonly NamespaceStep[]): Promise<unknown> {
  const devices = steps.filter(isNew).map(({ device }) => device);
  // Ends of veth pairs that another interface driver made are in the way.
  const removed = devices.filter(({ name }) => isInRoot(name)).map(({ name }) => removeLink(name));
  const made = Promise.all(removed).then(() => vsctl(devices.flatMap(portCommands)));
  made.catch(() => undefined); // whoever waits for the port meets the failure
  return made;
}

/** Makes the pair; an end that is left of another one leads to a namespace that was deleted while a process lives in it. */
async function addVeth(
  veth: WantedVeth,
  peer: NonNullable<WantedVeth['peer']>,
  ns: string | undefined,
): Promise<void> {
  await ensureNetns(peer.ns);
  await removeLink(peer.name, peer.ns);
  await ipBatch([addVethArgs(veth, peer)], ns);
}

const isInRoot = (name: string) => existsSync(`/sys/class/net/${name}`);

/** Makes the port and brings its device into the namespace. */
async function plug({ device, from, presence }: PlugStep, ns: string | undefined): Promise<void> {
  const { name, bridge } = device;
  const add = portCommands(device);
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
