// Physical networks as wires: VXLAN segments over the lab's management network, laid by each node at its start.
import type { Engine } from '../engine/engine.ts';
import { containerName } from './names.ts';
import type { NodeSpec } from './spec.ts';

/** Vertical order of VNIs is of no meaning; the same names give the same numbers on all nodes of a lab. */
const vniOf = (nodes: NodeSpec[], physical: string) =>
  [...new Set(nodes.flatMap((node) => Object.values(node.wires)))].sort().indexOf(physical) + 1;

/**
 * The content of a node's /etc/patchbay/wires: a line `NIC VNI PEER...` per wire; peers are the management addresses
 * of the other nodes on the same physical network.
 */
export function wireLines(nodes: NodeSpec[], node: NodeSpec, addresses: Record<string, string>): string {
  const lines = Object.entries(node.wires).map(([nic, physical]) => {
    const peers = nodes
      .filter((other) => other !== node && Object.values(other.wires).includes(physical))
      .map((other) => addresses[other.name]);
    return [nic, vniOf(nodes, physical), ...peers].join(' ');
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** The content of a node's /etc/patchbay/bridges: a line `BRIDGE NIC` each. */
export const bridgeLines = (node: NodeSpec): string =>
  Object.entries(node.bridges)
    .map(([bridge, nic]) => `${bridge} ${nic}\n`)
    .join('');

/** The content of a node's /etc/patchbay/addresses: a line `NIC ADDRESS` each. */
export const addressLines = (node: NodeSpec): string =>
  Object.entries(node.addresses)
    .map(([nic, address]) => `${nic} ${address}\n`)
    .join('');

/** A node's wires as the text of a label, and back. */
export const wiresText = (wires: NodeSpec['wires']): string =>
  Object.entries(wires)
    .map((pair) => pair.join('='))
    .join(',');

export const wiresFrom = (text: string): NodeSpec['wires'] =>
  Object.fromEntries(
    text
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );

/** Pulls a cable out of a node's NIC (it shows NO-CARRIER), or puts it back. */
export async function setCable(
  engine: Engine,
  { lab, node, nic, isPlugged }: { lab: string; node: string; nic: string; isPlugged: boolean },
): Promise<void> {
  const argv = [
    'nsenter',
    '--net=/run/lab/wires',
    'ip',
    'link',
    'set',
    `far-${nic}`,
    isPlugged ? 'up' : 'down',
  ];
  const { code, stderr } = await engine.exec(containerName(lab, node), argv);
  if (code !== 0) throw new Error(`The cable of ${nic} on ${node} could not be moved: ${stderr.trim()}`);
}
