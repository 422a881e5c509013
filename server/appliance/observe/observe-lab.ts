// One lab as its nodes and its cloud tell of it: each node's plumbing with the names people know, and the instances.
import type { Engine } from '../engine/engine.ts';
import type { InstanceState, NodePlumbing, NodeState } from '../http/types.ts';
import { containerName } from '../labs/names.ts';
import type { CloudNames } from './cloud-names.ts';
import { createDirectory, type Directory } from './directory.ts';
import { followNode } from './follow-node.ts';
import { readLook } from './read-look.ts';
import { isUnexplained, withNames } from './with-names.ts';

export interface Observed {
  instances?: InstanceState[];
  plumbing: NodePlumbing[];
}

export interface LabObservation {
  seen(): Observed;
  /** Follows these nodes and no others. */
  follow(nodes: readonly Pick<NodeState, 'name' | 'nics'>[]): void;
  stop(): void;
}

export interface LabObservationOptions {
  engine: Engine;
  lab: string;
  onChange: () => void;
  log: { error(message: string): void };
}

interface Followed {
  ask(): void;
  stop(): void;
  /** As the kernel has it. */
  bare?: NodePlumbing;
  /** The same with names, as it was told. */
  told?: NodePlumbing;
}

export function observeLab({ engine, lab, onChange, log }: LabObservationOptions): LabObservation {
  const nodes = new Map<string, Followed>();
  /** Nodes that were complained of. */
  const unreadable = new Set<string>();
  let names: CloudNames | undefined;

  /** True when there is something new to tell. */
  const tell = (followed: Followed): boolean => {
    if (followed.bare === undefined) return false;
    const next = names === undefined ? followed.bare : withNames(followed.bare, names, followed.told);
    if (JSON.stringify(next) === JSON.stringify(followed.told)) return false;
    followed.told = next;
    return true;
  };
  const onNames = (next: CloudNames) => {
    const before = JSON.stringify(names?.instances);
    names = next;
    const changed = [...nodes.values()].map(tell);
    if (changed.includes(true) || JSON.stringify(next.instances) !== before) onChange();
    // An instance that ended changed nothing that a kernel tells of.
    if (JSON.stringify(next.instances) !== before) for (const { ask } of nodes.values()) ask();
  };
  const directory: Directory = createDirectory({ engine, lab, onNames, log });

  const begin = ({ name: node, nics }: Pick<NodeState, 'name' | 'nics'>) => {
    const nicNames = nics.map(({ name }) => name);
    const following = followNode({
      converse: () => engine.openPipe(containerName(lab, node), ['node-observe']),
      onLook(line) {
        const followed = nodes.get(node);
        if (followed === undefined) return true;
        try {
          followed.bare = readLook(node, nicNames, line);
        } catch (error) {
          if (!unreadable.has(node))
            log.error(
              `Node ${node} of lab ${lab} does not tell what it holds (is it older than this program?): ${line.slice(0, 200)} (${String(error)})`,
            );
          unreadable.add(node);
          return false;
        }
        unreadable.delete(node);
        if (tell(followed)) {
          if (isUnexplained(followed.told!)) directory.refresh();
          onChange();
        }
        return true;
      },
      onLost() {
        const followed = nodes.get(node);
        if (followed?.told === undefined) return;
        delete followed.bare;
        delete followed.told;
        onChange();
      },
    });
    nodes.set(node, following);
  };

  return {
    seen: () => ({
      ...(names === undefined ? {} : { instances: names.instances }),
      plumbing: [...nodes.values()]
        .flatMap(({ told }) => told ?? [])
        .sort((a, b) => (a.node < b.node ? -1 : 1)),
    }),
    follow(wanted) {
      for (const [name, { stop }] of nodes)
        if (!wanted.some((node) => node.name === name)) {
          stop();
          nodes.delete(name);
        }
      for (const node of wanted) if (!nodes.has(node.name)) begin(node);
    },
    stop() {
      directory.stop();
      for (const { stop } of nodes.values()) stop();
      nodes.clear();
    },
  };
}
