// The picture of a lab: nodes with what they really hold, and the wires between them, as they are now; the same as text.
import { Background, Controls, ReactFlow, type Edge, type Node, type ReactFlowInstance } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { DeviceState, LabState, NetworkName } from '../../../server/appliance/http/types.ts';
import { arrange, prefersTwoRows, type Arranged } from './arrange.ts';
import { Details } from './details.tsx';
import { networkWords } from './facts.ts';
import { insideOf } from './inside.ts';
import { NodeThing, WireThing, type Choice, type NodeData, type WireData } from './thing-views.tsx';
import { TopologyText } from './topology-text.tsx';
import { useInsides, type Insides } from './use-insides.ts';
import { keepOneReachable, thingTowards } from './walk.ts';
import '@xyflow/react/dist/style.css';

const nodeTypes = { node: NodeThing, wire: WireThing };
const fitting = { padding: 0.04, maxZoom: 1.4 };
const colourCount = 8;

export default function TopologyView({ lab, onOpen }: { lab: LabState; onOpen: (place: string) => void }) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Choice>();
  const [isTwoRows, setIsTwoRows] = useState<boolean>();
  const insides = useInsides(lab, collapsed, isTwoRows ?? true);
  const arranged = useMemo(() => arrange(lab, insides.placed), [lab, insides.placed]);
  const networks = useNetworks(lab);
  const frame = useRef<HTMLDivElement>(null);
  const flow = useRef<ReactFlowInstance>(null);
  const isWhole = lab.nodes.every(({ name }) => insides.placed.has(name));
  const room = useRoom(frame);
  useEffect(() => {
    if (isWhole && room !== undefined)
      setIsTwoRows((isNow) => prefersTwoRows(lab, insides.placed, room, isNow));
  }, [lab, insides.placed, room, isWhole]);
  // The whole picture stays in sight until somebody moves it.
  const isMoved = useRef(false);
  useEffect(() => {
    // React Flow measures its own frame a moment later.
    const timer = window.setTimeout(() => !isMoved.current && void flow.current?.fitView(fitting), 60);
    return () => window.clearTimeout(timer);
  }, [arranged, room]);

  const onCollapse = useCallback((node: string) => {
    setCollapsed((before) => {
      const after = new Set(before);
      if (!after.delete(node)) after.add(node);
      return after;
    });
  }, []);
  useEffect(() => {
    if (frame.current !== null) keepOneReachable(frame.current);
  });
  // What was chosen may be gone.
  const chosenNode = lab.nodes.find(({ name }) => name === chosen?.node);
  const chosenPart = insides.insides.get(chosen?.node ?? '')?.parts.find(({ id }) => id === chosen?.part);
  const isThere = chosenNode !== undefined && (chosen?.part === undefined || chosenPart !== undefined);

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-thing]');
    if (from === null || frame.current === null) return;
    const next = thingTowards(frame.current, from, event.key);
    if (next === undefined) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    bringIntoView(next, frame.current, flow.current);
  };

  const nodes = useMemo(
    () =>
      flowNodes({
        lab,
        insides,
        arranged,
        collapsed,
        chosen,
        networks,
        onOpen,
        onCollapse,
        onChoose: setChosen,
      }),
    [lab, insides, arranged, collapsed, chosen, networks, onOpen, onCollapse],
  );
  const edges = useMemo(() => flowEdges(lab), [lab]);
  return (
    <>
      {networks.legend.length > 0 && (
        <ul className="topology-legend" aria-label="Networks">
          {networks.legend.map(({ network, colour }) => (
            <li key={network.id} className={colour}>
              {networkWords({ network })}
            </li>
          ))}
        </ul>
      )}
      <div
        className="topology-picture"
        ref={frame}
        role="group"
        aria-label="Picture of the nodes. Arrow keys go from thing to thing, Enter tells about one."
        onKeyDown={onKeyDown}
        onFocus={({ target }) => target.matches('[data-thing]') && keepOneReachable(frame.current!, target)}
      >
        {insides.problem !== undefined && (
          <p className="pad">The picture could not be laid out: {insides.problem}</p>
        )}
        {isWhole && (
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            onInit={(instance) => (flow.current = instance as unknown as ReactFlowInstance)}
            onMove={(event) => event !== null && (isMoved.current = true)}
            fitView
            fitViewOptions={fitting}
            minZoom={0.15}
            maxZoom={2.5}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            zoomOnDoubleClick={false}
            ariaLabelConfig={{ 'node.a11yDescription.default': '', 'edge.a11yDescription.default': '' }}
          >
            <Background gap={22} size={1.2} />
            <Controls
              position="bottom-right"
              showInteractive={false}
              fitViewOptions={fitting}
              onFitView={() => (isMoved.current = false)}
              onZoomIn={() => (isMoved.current = true)}
              onZoomOut={() => (isMoved.current = true)}
            />
          </ReactFlow>
        )}
      </div>
      {isThere && (
        <Details
          lab={lab}
          node={chosenNode}
          part={chosenPart}
          onOpen={onOpen}
          onClose={() => {
            setChosen(undefined);
            frame.current
              ?.querySelector<HTMLElement>('[data-thing][tabindex="0"]')
              ?.focus({ preventScroll: true });
          }}
        />
      )}
      <TopologyText lab={lab} />
    </>
  );
}

/** The size of the frame, as it is now. */
function useRoom(frame: React.RefObject<HTMLElement | null>): { width: number; height: number } | undefined {
  const [room, setRoom] = useState<{ width: number; height: number }>();
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width > 0 && height > 0) setRoom({ width, height });
    });
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, [frame]);
  return room;
}

interface Networks {
  legend: { network: NetworkName; colour: string }[];
  colourOf: (device: Pick<DeviceState, 'network'>) => string;
}

/** A network keeps the colour it was first seen with. */
function useNetworks({ plumbing }: LabState): Networks {
  const colours = useRef(new Map<string, string>());
  return useMemo(() => {
    const found = new Map<string, NetworkName>();
    for (const { devices } of plumbing ?? [])
      for (const { network } of devices) if (network !== undefined) found.set(network.id, network);
    const sorted = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { id } of sorted)
      if (!colours.current.has(id))
        colours.current.set(id, `net-${(colours.current.size % colourCount) + 1}`);
    return {
      legend: sorted.map((network) => ({ network, colour: colours.current.get(network.id)! })),
      colourOf: ({ network }) => (network === undefined ? '' : (colours.current.get(network.id) ?? '')),
    };
  }, [plumbing]);
}

type Drawing = Pick<NodeData, 'onOpen' | 'onCollapse' | 'onChoose' | 'chosen'> & {
  lab: LabState;
  insides: Insides;
  arranged: Arranged;
  collapsed: ReadonlySet<string>;
  networks: Networks;
};

function flowNodes({ lab, insides, arranged, collapsed, networks, ...actions }: Drawing): Node[] {
  const cords: (WireData['landings'][number] & { wire: string })[] = [];
  const nodes = lab.nodes.flatMap((node): Node[] => {
    const at = arranged.nodes.get(node.name);
    const inside = insides.insides.get(node.name);
    const placed = insides.placed.get(node.name);
    if (at === undefined || inside === undefined || placed === undefined) return [];
    const isBelow = placed.direction === 'DOWN';
    for (const nic of node.nics) {
      const part = placed.parts.get(`nic ${nic.name}`);
      const x = at.x + (part?.x ?? 0) + (part?.width ?? 0) / 2;
      cords.push({ id: `${node.name} ${nic.name}`, x, wire: nic.wire, isBelow });
    }
    const data: NodeData = {
      ...{ node, inside, placed, ...actions, isBelow, isCollapsed: collapsed.has(node.name) },
      summary: summaryOf(lab, node.name),
      colourOf: networks.colourOf,
    };
    return [flowNode(`node ${node.name}`, 'node', at, data)];
  });
  const wires = lab.wires.flatMap((wire): Node[] => {
    const at = arranged.wires.get(wire.name);
    const landings = cords.filter((cord) => cord.wire === wire.name);
    return at === undefined
      ? []
      : [flowNode(`wire ${wire.name}`, 'wire', at, { wire, landings } satisfies WireData)];
  });
  return [...wires, ...nodes];
}

const flowNode = (
  id: string,
  type: string,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  data: Record<string, unknown>,
): Node => ({ id, type, position: { x, y }, data, width, height, style: { width, height } });

function summaryOf(lab: LabState, name: string): string {
  const node = lab.nodes.find((one) => one.name === name)!;
  const { parts } = insideOf(
    node,
    lab.plumbing?.find((one) => one.node === name),
  );
  const count = (kind: string, one: string) => {
    const number = parts.filter((part) => part.kind === kind).length;
    return number === 0 ? [] : [`${number} ${one}${number === 1 ? '' : 's'}`];
  };
  return [
    ...count('namespace', 'namespace'),
    ...count('guest', 'instance'),
    ...count('bridge', 'bridge'),
  ].join(', ');
}

function flowEdges(lab: LabState): Edge[] {
  return lab.nodes.flatMap((node) => {
    const devices = lab.plumbing?.find((one) => one.node === node.name)?.devices ?? [];
    return node.nics.map(({ name, wire }): Edge => {
      const isCut = devices.some(
        (device) => device.name === name && device.kind === 'nic' && device.state !== 'up',
      );
      return {
        id: `${node.name} ${name}`,
        source: `node ${node.name}`,
        sourceHandle: name,
        target: `wire ${wire}`,
        targetHandle: `${node.name} ${name}`,
        type: 'straight',
        className: `cord cord-${wire} ${isCut ? 'cord-cut' : ''}`,
      };
    });
  });
}

/** Moves the picture when what got the focus is outside of it. */
function bringIntoView(thing: HTMLElement, frame: HTMLElement, flow: ReactFlowInstance | null): void {
  const at = thing.getBoundingClientRect();
  const seen = frame.getBoundingClientRect();
  const isInside =
    at.left >= seen.left && at.right <= seen.right && at.top >= seen.top && at.bottom <= seen.bottom;
  if (flow === null || isInside) return;
  const { x, y } = flow.screenToFlowPosition({ x: at.left + at.width / 2, y: at.top + at.height / 2 });
  const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  void flow.setCenter(x, y, { zoom: flow.getZoom(), duration: isCalm ? 0 : 200 });
}
