// Do frames cross the wires? Every node says its name on each of its NICs and listens for the others. A link that is up
// proves nothing: a wire may be cut anywhere behind it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeLook } from './node-look.ts';
import type { Fault } from './types.ts';

/** The program that a node runs; its one argument is how many seconds to speak and listen. */
export const wireProbe = readFileSync(join(import.meta.dirname, 'probe-wires.py'), 'utf8');

/** Faults of the wires, from the looks of all nodes that could be looked at, by node. */
export function wireFaults(looks: ReadonlyMap<string, NodeLook>): Fault[] {
  const ends = [...looks].flatMap(([node, look]) =>
    [...look.wires].map(([nic, wire]) => ({ node, nic, wire, look })),
  );
  return ends.flatMap(({ node, nic, wire, look }): Fault[] => {
    const peers = ends.filter((other) => other.wire === wire && other.node !== node);
    const silent = peers.filter((peer) => {
      const isHeard = look.heard.get(nic)?.has(peer.node) === true;
      return !isHeard || peer.look.heard.get(peer.nic)?.has(node) !== true;
    });
    if (silent.length === 0) return [];
    const mute = look.mute.get(nic);
    // Who is heard by nobody is to blame, not those that do not hear it.
    if (silent.length < peers.length || (peers.length === 1 && mute === undefined && isBlamed(peers[0]!)))
      return [];
    const why = mute === undefined ? '' : ` (${mute})`;
    return [{ kind: 'wire', node, name: nic, text: `nothing crosses ${nic} of ${node}${why}` }];
  });

  function isBlamed({ nic, look }: (typeof ends)[number]) {
    return look.mute.has(nic);
  }
}
