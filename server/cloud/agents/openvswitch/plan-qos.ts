// What QoS policies ask of the switch: a shaper toward the guest; of what the guest sends policing, or on the userspace
// datapath, which the kernel's policing does not reach, a meter. Pure.
import type { Meter } from '../../../host/ovs-meters.ts';
import { setCommand, type VsctlCommand } from '../../../host/ovs-vsctl.ts';
import type { DeviceSpec, QosSpec } from '../../model/specs.ts';
import { qosMark, type Actual, type SwitchPort, type SwitchState } from './actual.ts';
import type { Bindings } from './plan-ports.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';

/** A port whose traffic is limited or marked by flows. */
export interface QosPort {
  /** Name of its device in br-int. */
  port: string;
  meter?: number;
  dscp?: number;
}

type Limit = NonNullable<QosSpec['egress']>;

const usesMeters = ({ datapathType }: Settings) => datapathType === 'netdev';

/** A rate of 0 is no limit, as to the switch itself. */
const limitOf = (spec: DeviceSpec, direction: 'ingress' | 'egress'): Limit | undefined => {
  const limit = spec.qos?.[direction];
  return limit !== undefined && limit.max_kbps > 0 ? limit : undefined;
};

/** Meters of the bound ports, numbered as the ports are. */
export const wantedMeters = (settings: Settings, { bound }: Pick<Bindings, 'bound'>): Meter[] =>
  usesMeters(settings)
    ? bound.flatMap(({ spec, port }) => {
        const limit = limitOf(spec, 'egress');
        if (limit === undefined || port.ofport === undefined) return [];
        return [{ id: port.ofport, rate: limit.max_kbps, burst: limit.burst_kbits }];
      })
    : [];

/** The ports that flows limit or mark. */
export const qosPorts = (settings: Settings, { bound }: Pick<Bindings, 'bound'>): QosPort[] =>
  bound.flatMap(({ spec, port }) => {
    const isMetered = usesMeters(settings) && limitOf(spec, 'egress') !== undefined;
    const dscp = spec.qos?.dscp_mark;
    if (!isMetered && dscp === undefined) return [];
    return [
      {
        port: port.name,
        ...(isMetered && port.ofport !== undefined && { meter: port.ofport }),
        ...(dscp !== undefined && { dscp }),
      },
    ];
  });

/** Steps before the flows that name the meters, and after those that name them no more. */
export function planMeters(
  settings: Settings,
  wanted: readonly Meter[],
  actual: Actual,
): { first: Step[]; last: Step[] } {
  const bridge = settings.integrationBridge;
  const found = new Map((actual.meters ?? []).map((meter) => [meter.id, meter]));
  const added = wanted.filter(({ id }) => !found.has(id));
  const changed = wanted.filter(({ id, rate, burst }) => {
    const before = found.get(id);
    return before !== undefined && (before.rate !== rate || before.burst !== burst);
  });
  const kept = new Set(wanted.map(({ id }) => id));
  const removed = [...found.keys()].filter((id) => !kept.has(id));
  const reason = (list: readonly unknown[], what: string) => `${bridge}: ${list.length} meters ${what}`;
  return {
    first:
      added.length + changed.length === 0
        ? []
        : [
            {
              kind: 'change-meters',
              ...{ bridge, added, changed },
              reason: reason([...added, ...changed], 'missing or different'),
            },
          ],
    last:
      removed.length === 0
        ? []
        : [{ kind: 'change-meters', bridge, removed, reason: reason(removed, 'not wanted any more') }],
  };
}

/** What a shaper holds: bits each second, and bits that may come at once. */
type Shape = { 'max-rate': string; burst: string };

/** Steps that shape and police the bound ports, and take away what nobody has any more. */
export function planQos(
  settings: Settings,
  { bound }: Pick<Bindings, 'bound'>,
  { switch: state }: Actual,
): Step[] {
  const shaped = bound.flatMap(({ port, spec }) => shapeSteps(port, limitOf(spec, 'ingress'), state));
  const replaced = new Set(shaped.map(({ port }) => port));
  return [
    ...shaped.map(({ step }) => step),
    ...bound.flatMap(({ port, spec }) =>
      policeSteps(port, usesMeters(settings) ? undefined : limitOf(spec, 'egress')),
    ),
    ...leftovers(state, replaced),
  ];
}

/** Steps that take all of it away. */
export function planQosRemoval(settings: Settings, actual: Actual): Step[] {
  const state = actual.switch;
  const shaped = [...state.ports.values()].flatMap((port) => shapeSteps(port, undefined, state));
  return [
    ...planMeters(settings, [], actual).last,
    ...shaped.map(({ step }) => step),
    ...[...state.ports.values()]
      .filter(({ bridge }) => bridge === settings.integrationBridge)
      .flatMap((port) => policeSteps(port, undefined)),
    ...leftovers(state, new Set(shaped.map(({ port }) => port))),
  ];
}

/** The shaper of a port that is ours. */
function shaperOf(port: SwitchPort, { shapers }: SwitchState) {
  const shaper = port.qos === undefined ? undefined : shapers?.get(port.qos);
  return shaper !== undefined && Object.hasOwn(shaper.externalIds, qosMark) ? shaper : undefined;
}

function shapeSteps(
  port: SwitchPort,
  limit: Limit | undefined,
  state: SwitchState,
): { port: string; step: Step }[] {
  const found = shaperOf(port, state);
  const change = (commands: VsctlCommand[], reason: string) => [
    { port: port.name, step: { kind: 'change-switch' as const, commands, reason } },
  ];
  if (limit === undefined)
    return found === undefined
      ? []
      : change(
          [['--if-exists', 'clear', 'Port', port.name, 'qos']],
          `${port.name} has no limit of what it receives any more`,
        );
  const shape: Shape = {
    'max-rate': String(limit.max_kbps * 1000),
    burst: String(limit.burst_kbits * 1000),
  };
  const queue = found?.queues.map((uuid) => state.queues?.get(uuid))[0];
  const isSame = [found?.otherConfig, queue].every(
    (config) => config?.['max-rate'] === shape['max-rate'] && config.burst === shape.burst,
  );
  if (isSame) return [];
  return change(shapeCommands(port.name, shape), `${port.name} receives ${limit.max_kbps} kbit/s at most`);
}

function shapeCommands(port: string, shape: Shape): VsctlCommand[] {
  const columns = [
    ...Object.entries(shape).map(([key, value]) => `other_config:${key}="${value}"`),
    `external_ids:${qosMark}="${port}"`,
  ];
  return [
    [`--id=@queue-${port}`, 'create', 'Queue', ...columns],
    [`--id=@qos-${port}`, 'create', 'QoS', 'type=linux-htb', ...columns, `queues:0=@queue-${port}`],
    ['--if-exists', 'set', 'Port', port, `qos=@qos-${port}`],
  ];
}

function policeSteps(port: SwitchPort, limit: Limit | undefined): Step[] {
  const wanted = { rate: limit?.max_kbps ?? 0, burst: limit?.burst_kbits ?? 0 };
  const found = port.policing ?? { rate: 0, burst: 0 };
  if (found.rate === wanted.rate && found.burst === wanted.burst) return [];
  const columns = { ingress_policing_rate: wanted.rate, ingress_policing_burst: wanted.burst };
  const what = wanted.rate === 0 ? 'without limit' : `${wanted.rate} kbit/s at most`;
  return [
    {
      kind: 'change-switch',
      commands: [setCommand('Interface', port.name, columns, { ifExists: true })],
      reason: `${port.name} sends ${what}`,
    },
  ];
}

/** Shapers and queues of ours that no port has; those of `replaced` ports are on their way out. */
function leftovers(
  { ports, shapers, queues, queueMarks }: SwitchState,
  replaced: ReadonlySet<string>,
): Step[] {
  const used = new Set([...ports.values()].filter(({ name }) => !replaced.has(name)).map(({ qos }) => qos));
  const idle = [...(shapers ?? [])].filter(
    ([uuid, { externalIds }]) => Object.hasOwn(externalIds, qosMark) && !used.has(uuid),
  );
  const gone = new Set(idle.map(([uuid]) => uuid));
  const kept = new Set(
    [...(shapers ?? [])].flatMap(([uuid, shaper]) => (gone.has(uuid) ? [] : shaper.queues)),
  );
  const idleQueues = [...(queues ?? [])].filter(
    ([uuid]) => queueMarks?.has(uuid) === true && !kept.has(uuid),
  );
  const commands = [
    ...idle.map(([uuid]) => ['--if-exists', 'destroy', 'QoS', uuid]),
    ...idleQueues.map(([uuid]) => ['--if-exists', 'destroy', 'Queue', uuid]),
  ];
  const reason = `${idle.length + idleQueues.length} shapers and queues belong to no port any more`;
  return commands.length === 0 ? [] : [{ kind: 'change-switch', commands, reason }];
}
