// A node with what is inside it, and a wire, as React Flow draws them.
import { Handle, Position, type NodeProps } from '@xyflow/react';
import type { DeviceState, NodeState, Wire } from '../../../server/appliance/http/types.ts';
import { Jack } from '../parts/mark.tsx';
import { headHeight } from './arrange.ts';
import { networkWords, stateWords } from './facts.ts';
import type { Inside, Joint, Part } from './inside.ts';
import type { PlacedInside } from './place-inside.ts';

/** What was chosen: a node, or a part of one. */
export interface Choice {
  node: string;
  part?: string;
}

export interface NodeData extends Record<string, unknown> {
  node: NodeState;
  inside: Inside;
  placed: PlacedInside;
  isBelow: boolean;
  isCollapsed: boolean;
  /** What a collapsed node hides, in words. */
  summary: string;
  chosen: Choice | undefined;
  /** 'net-1', ... by network id. */
  colourOf: (device: Pick<DeviceState, 'network'>) => string;
  onChoose: (choice: Choice) => void;
  onOpen: (place: string) => void;
  onCollapse: (node: string) => void;
}

export interface WireData extends Record<string, unknown> {
  wire: Wire;
  /** Where each cord lands: its id, pixels from the left end, from which side. */
  landings: { id: string; x: number; isBelow: boolean }[];
}

const states = {
  waiting: 'open',
  starting: 'busy',
  ready: 'passed',
  failed: 'failed',
  stopped: 'stopped',
} as const;

export function NodeThing({ data }: NodeProps & { data: NodeData }) {
  const { node, inside, placed, isBelow, isCollapsed, summary, chosen, onChoose, onOpen, onCollapse } = data;
  const isChosen = chosen?.node === node.name;
  const side = isBelow ? Position.Top : Position.Bottom;
  return (
    <section
      className={`thing-node thing-${node.phase} ${isBelow ? 'thing-below' : ''}`}
      aria-label={`Node ${node.name}`}
    >
      <div className="thing-head" style={{ height: headHeight }}>
        <Jack state={states[node.phase]} label={node.phase} />
        <button
          className="thing-name nodrag nopan"
          data-thing
          tabIndex={-1}
          aria-pressed={isChosen && chosen.part === undefined}
          onClick={() => onChoose({ node: node.name })}
          onDoubleClick={() => onOpen(node.name)}
        >
          {node.name}
        </button>
        {isCollapsed && <span className="soft">{summary}</span>}
        {(summary !== '' || isCollapsed) && (
          <button
            className="thing-fold nodrag nopan"
            data-thing
            tabIndex={-1}
            aria-expanded={!isCollapsed}
            aria-label={`Inside of ${node.name}`}
            onClick={() => onCollapse(node.name)}
          >
            {isCollapsed ? '+' : '−'}
          </button>
        )}
      </div>
      <div className="thing-inside" style={{ height: placed.height }}>
        <svg width={placed.width} height={placed.height} aria-hidden="true">
          {[JointLine, JointLabel].map((Drawn) =>
            inside.joints.map((joint) => (
              <Drawn
                key={`${Drawn.name} ${joint.id}`}
                joint={joint}
                points={placed.joints.get(joint.id) ?? []}
                colour={data.colourOf(joint)}
              />
            )),
          )}
        </svg>
        {inside.parts.map((part) => {
          const at = placed.parts.get(part.id);
          return (
            at && (
              <PartBox
                key={part.id}
                part={part}
                style={{ left: at.x, top: at.y, width: at.width, height: at.height }}
                wire={node.nics.find(({ name }) => part.id === `nic ${name}`)?.wire}
                isChosen={isChosen && chosen.part === part.id}
                {...data}
              />
            )
          );
        })}
      </div>
      {node.nics.map(({ name }) => {
        const at = placed.parts.get(`nic ${name}`);
        return (
          <Handle
            key={name}
            type="source"
            id={name}
            position={side}
            isConnectable={false}
            style={{ left: (at?.x ?? 0) + (at?.width ?? 0) / 2 }}
          />
        );
      })}
    </section>
  );
}

interface PartProps extends Pick<NodeData, 'node' | 'colourOf' | 'onChoose' | 'onOpen'> {
  part: Part;
  style: React.CSSProperties;
  wire: string | undefined;
  isChosen: boolean;
}

function PartBox({ part, style, wire, isChosen, node, colourOf, onChoose, onOpen }: PartProps) {
  const isUp = part.state === 'up';
  return (
    <button
      className={`part part-${part.kind} nodrag nopan ${isUp ? '' : 'part-off'} ${wire ? `wire-${wire}` : ''}`}
      style={style}
      data-thing
      tabIndex={-1}
      aria-pressed={isChosen}
      onClick={() => onChoose({ node: node.name, part: part.id })}
      onDoubleClick={() => part.place !== undefined && onOpen(part.place)}
    >
      <span className="part-title">{part.title}</span>
      {(part.note !== '' || !isUp) && (
        <span className="part-note">
          {[part.note, isUp ? '' : stateWords[part.state]].filter(Boolean).join(', ')}
        </span>
      )}
      {part.kind !== 'nic' &&
        part.rows.map((device) => (
          <span key={device.id} className={`part-row ${colourOf(device)}`} title={networkWords(device)}>
            <span className="part-device">
              {device.name}
              {device.state !== 'up' && <em> {stateWords[device.state]}</em>}
            </span>
            <span className="part-address">{device.addresses[0] ?? device.remote ?? ''}</span>
          </span>
        ))}
    </button>
  );
}

type Points = { x: number; y: number }[];

function JointLine({ joint, points, colour }: { joint: Joint; points: Points; colour: string }) {
  if (points.length < 2) return null;
  return (
    <g className={`joint ${colour} ${joint.isDown ? 'joint-down' : ''}`}>
      <title>{joint.devices.map(({ name }) => name).join(' – ')}</title>
      <path d={`M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`} />
    </g>
  );
}

/** At the middle of the longest stretch of its line. */
function JointLabel({ joint, points, colour }: { joint: Joint; points: Points; colour: string }) {
  if (points.length < 2 || joint.label === '') return null;
  const stretches = points.slice(1).map((end, index) => ({ start: points[index]!, end }));
  const length = ({ start, end }: (typeof stretches)[number]) =>
    Math.abs(start.x - end.x) + Math.abs(start.y - end.y);
  const { start, end } = stretches.reduce((a, b) => (length(b) > length(a) ? b : a));
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  const width = joint.label.length * 6 + 8;
  return (
    <g className={`joint ${colour}`}>
      <rect x={middle.x - width / 2} y={middle.y - 8} width={width} height={16} rx={3} />
      <text x={middle.x} y={middle.y + 4}>
        {joint.label}
      </text>
    </g>
  );
}

export function WireThing({ data }: NodeProps & { data: WireData }) {
  const { wire, landings } = data;
  return (
    <div className={`thing-wire wire-${wire.name}`}>
      {landings.map(({ id, x, isBelow }) => (
        <Handle
          key={id}
          type="target"
          id={id}
          position={isBelow ? Position.Bottom : Position.Top}
          isConnectable={false}
          style={{ left: x }}
        />
      ))}
      <strong>{wire.name}</strong> <span>{[wire.purpose, wire.cidr].filter(Boolean).join(' · ')}</span>
    </div>
  );
}
