// A node with its NICs, and a wire, as React Flow draws them.
import { Handle, Position, type NodeProps } from '@xyflow/react';
import { Jack } from '../parts/mark.tsx';
import type { Thing } from './graph.ts';

export interface ThingData extends Record<string, unknown> {
  thing: Thing;
  onOpen: (place: string) => void;
  /** Where on a wire each cord lands: cord id to pixels from its left end. */
  landings: Record<string, number>;
}

const states = {
  waiting: 'open',
  starting: 'busy',
  ready: 'passed',
  failed: 'failed',
  stopped: 'stopped',
} as const;

export function NodeThing({ data }: NodeProps & { data: ThingData }) {
  if (data.thing.kind !== 'node') return null;
  const { node, instances } = data.thing;
  return (
    <div className={`thing-node thing-${node.phase}`}>
      <button
        className="thing-name nodrag"
        onClick={() => data.onOpen(node.name)}
        title={`Open a terminal on ${node.name}`}
      >
        <Jack state={states[node.phase]} label={node.phase} />
        {node.name}
      </button>
      {instances.map(({ name, status, addresses }) => (
        <button key={name} className="thing-instance nodrag" onClick={() => data.onOpen(`vm:${name}`)}>
          <strong>{name}</strong> {status === 'ACTIVE' ? (addresses[0] ?? 'no address yet') : status}
        </button>
      ))}
      <div className="thing-nics">
        {node.nics.map((nic) => (
          <span key={nic.name} className={`thing-nic wire-${nic.wire}`} title={nic.address}>
            {nic.name}
            <Handle type="source" id={nic.name} position={Position.Bottom} isConnectable={false} />
          </span>
        ))}
      </div>
    </div>
  );
}

export function WireThing({ data }: NodeProps & { data: ThingData }) {
  if (data.thing.kind !== 'wire') return null;
  const { wire, plugs } = data.thing;
  return (
    <div className={`thing-wire wire-${wire.name}`}>
      {plugs.map((plug) => (
        <Handle
          key={plug}
          type="target"
          id={plug}
          position={Position.Top}
          isConnectable={false}
          style={{ left: data.landings[plug] }}
        />
      ))}
      <strong>{wire.name}</strong> <span>{[wire.purpose, wire.cidr].filter(Boolean).join(' · ')}</span>
    </div>
  );
}
