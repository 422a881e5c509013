// One look at a node from inside: services, their processes and files, switch, bridges, disks, the way to the controller,
// and whether frames cross its wires. One command per node, because entering a node costs more than the look.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wireProbe } from './wire-probe.ts';

const script = readFileSync(join(import.meta.dirname, 'look-at-node.sh'), 'utf8');

/** The argument list of a look that listens to the wires for `seconds`. */
export const lookArguments = (seconds: number): string[] => [
  'sh',
  '-c',
  script,
  'look',
  wireProbe,
  String(seconds),
];

export interface ServiceLook {
  /** runit's word: run, down, finish, fail, warning. */
  state: string;
  /** It is not to stay down: runit starts it again. */
  isWantedUp: boolean;
  pid: number | undefined;
  /** Seconds since it began to be in this state. */
  seconds: number;
  /** Its program, or the one below it, was stopped by a signal. */
  isFrozen: boolean;
}

export interface NodeLook {
  services: Map<string, ServiceLook>;
  /** Service and file that it is started with and that cannot be read. */
  unread: { service: string; file: string }[];
  /** Mount point, and the biggest file there with its size; empty where none is bigger than 1 MB. */
  full: { mount: string; biggest: string }[];
  /** What Open vSwitch's own client says; undefined when it answers or there is none. */
  unswitched: string | undefined;
  unbridged: { bridge: string; nic: string | undefined }[];
  /** Ports of the controller that do not open. */
  unreached: number[];
  /** NIC to number of its wire. */
  wires: Map<string, string>;
  /** NIC to what sending on it was refused with. */
  mute: Map<string, string>;
  /** NIC to names of nodes that were heard there. */
  heard: Map<string, Set<string>>;
  /** The look came to its end. */
  isWhole: boolean;
}

/** Reads the lines of a look; never throws. */
export function parseLook(stdout: string): NodeLook {
  const look: NodeLook = {
    ...{ services: new Map(), unread: [], full: [], unswitched: undefined, unbridged: [], unreached: [] },
    ...{ wires: new Map(), mute: new Map(), heard: new Map(), isWhole: false },
  };
  const processes: { pid: number; parent: number; isStopped: boolean; program: string }[] = [];
  const absent: ServiceLook = {
    ...{ state: 'fail', isWantedUp: false, pid: undefined, seconds: 0, isFrozen: false },
  };
  for (const line of stdout.split('\n')) {
    const [kind = '', ...words] = line.trim().split(/\s+/);
    const [first = '', second = ''] = words;
    const rest = words.slice(1).join(' ');
    if (kind === 'named') look.services.set(first, absent);
    else if (kind === 'status') readStatus(look, line.slice('status '.length));
    else if (kind === 'process')
      processes.push({
        ...{ pid: Number(first), parent: Number(second) },
        ...{ isStopped: /^[Tt]/.test(words[2] ?? ''), program: words[3] ?? '' },
      });
    else if (kind === 'unread') look.unread.push({ service: first, file: second });
    else if (kind === 'full') look.full.push({ mount: first, biggest: biggestOf(words.slice(1)) });
    else if (kind === 'unswitched') look.unswitched = words.join(' ');
    else if (kind === 'unbridged') look.unbridged.push({ bridge: first, nic: words[1] });
    else if (kind === 'unreached') look.unreached.push(Number(first));
    else if (kind === 'wire') look.wires.set(first, second);
    else if (kind === 'mute') look.mute.set(first, rest);
    else if (kind === 'heard') look.heard.set(first, (look.heard.get(first) ?? new Set()).add(second));
    else if (kind === 'done') look.isWhole = true;
  }
  for (const service of look.services.values()) {
    // The broker is a shell script around its program; what a service starts besides is its own affair.
    service.isFrozen = processes.some(
      ({ pid, parent, isStopped, program }) =>
        isStopped && (pid === service.pid || (parent === service.pid && program === 'beam.smp')),
    );
  }
  return look;
}

/** A file with its size, from kilobytes and path. */
const biggestOf = ([kilobytes = '', ...path]: string[]) =>
  path.length === 0 ? '' : `${path.join(' ')} (${Math.round(Number(kilobytes) / 1024)} MB)`;

function readStatus(look: NodeLook, line: string): void {
  const match = /^(\w+): (?:\/etc\/service\/)?([^:\s]+):(?: \(pid (\d+)\))?(?: (\d+)s)?/.exec(line);
  if (match === null || !look.services.has(match[2]!)) return;
  const [, state = '', name = '', pid, seconds] = match;
  look.services.set(name, {
    ...{ state, isWantedUp: state === 'finish' || / want up/.test(line) },
    ...{ pid: pid === undefined ? undefined : Number(pid) },
    ...{ seconds: Number(seconds ?? 0), isFrozen: false },
  });
}
