// What a host, its engine and its kernel are asked for: each probe looks for real and says what a lack means.
import type { EngineFacts } from '../engine/types.ts';
import { wantedWatchers, watchersOfLab } from '../set-up/inotify.ts';
import type { HostLook } from './look.ts';

export interface Finding {
  name: string;
  /** `needed`: nothing works without it; `useful`: something is slower, smaller or done another way. */
  weight: 'needed' | 'useful';
  isFound: boolean;
  /** What was seen. */
  found: string;
  consequence: string;
  remedy: string;
}

const GiB = 2 ** 30;
const gib = (bytes: number) => `${(bytes / GiB).toFixed(1)} GiB`;

/** Modules by the name of the kernel option that they are built in by. */
const modules: { name: string; type?: string; weight: Finding['weight']; consequence: string }[] = [
  { name: 'veth', type: 'veth', weight: 'needed', consequence: 'Nothing can be plugged in.' },
  { name: 'vxlan', type: 'vxlan', weight: 'needed', consequence: 'Nodes cannot be wired.' },
  { name: 'bridge', type: 'bridge', weight: 'needed', consequence: 'Nodes cannot be wired.' },
  {
    name: 'br_netfilter',
    weight: 'needed',
    consequence: 'Security groups of the hybrid plug have no effect.',
  },
  { name: 'overlay', weight: 'needed', consequence: 'Instances cannot have a file system of their own.' },
  {
    name: 'openvswitch',
    weight: 'useful',
    consequence: 'Open vSwitch switches in user space (datapath netdev): slower, same behaviour.',
  },
  {
    name: '8021q',
    weight: 'useful',
    consequence: 'Linux bridge labs make VLAN devices from Open vSwitch ports.',
  },
];

const moduleFindings = (look: HostLook): Finding[] =>
  modules.map(({ name, weight, consequence }) => ({
    ...{ name: `kernel: ${name}`, weight, consequence },
    isFound: (look.kernelModules[name] ?? 'absent') !== 'absent',
    found: look.kernelModules[name] ?? 'absent',
    remedy: `modprobe ${name}, or a kernel that has it`,
  }));

function engineFindings(facts: EngineFacts | undefined, failure: string): Finding[] {
  const engine: Finding = {
    name: 'engine: answers',
    weight: 'needed',
    isFound: facts !== undefined,
    found: facts === undefined ? failure : `Docker ${facts.version} on ${facts.operatingSystem}`,
    consequence: 'No lab can be started.',
    remedy:
      "'patchbay up' installs and starts one on Debian and Ubuntu as root; else install docker.io and start it",
  };
  if (facts === undefined) return [engine];
  return [
    engine,
    {
      name: 'engine: storage',
      weight: 'useful',
      isFound: /overlay|btrfs|zfs/.test(facts.storageDriver),
      found: facts.storageDriver,
      consequence: 'Images are copied whole for each node: slow, and much disk.',
      remedy: 'set the storage driver overlay2 in /etc/docker/daemon.json',
    },
    {
      name: 'engine: user namespaces',
      weight: 'useful',
      isFound: facts.isUserNamespaceRemapped || facts.isRootless,
      found: facts.isRootless ? 'rootless' : facts.isUserNamespaceRemapped ? 'remapped' : 'off',
      consequence:
        'Root in a node is root on the host, held back by capabilities only. Fine for people you trust.',
      remedy: 'dockerd --userns-remap=default, or a rootless engine',
    },
  ];
}

function roomFindings(look: HostLook): Finding[] {
  return [
    {
      name: 'host: memory',
      weight: 'needed',
      isFound: look.memoryFreeBytes > 1.5 * GiB,
      found: `${gib(look.memoryFreeBytes)} free`,
      consequence: 'A lab of five nodes needs about 1 GiB; daemons would be killed.',
      remedy: "end other programs, or 'patchbay down' a lab",
    },
    {
      name: 'host: disk',
      weight: 'needed',
      isFound: look.diskFreeBytes > 3 * GiB,
      found: `${gib(look.diskFreeBytes)} free under ${look.diskPath}`,
      consequence: 'Images cannot be built (about 2 GiB).',
      remedy: "'docker system prune', or a bigger disk",
    },
    {
      name: 'host: processors',
      weight: 'useful',
      isFound: look.cpus >= 2,
      found: String(look.cpus),
      consequence: 'Starting a lab takes longer.',
      remedy: 'give the machine two or more',
    },
    {
      name: 'host: watchers of folders',
      weight: 'useful',
      isFound: (look.watchers ?? wantedWatchers) >= wantedWatchers,
      found: look.watchers === undefined ? 'no bound' : String(look.watchers),
      consequence: `With more than about ${Math.floor((look.watchers ?? wantedWatchers) / watchersOfLab)} labs at once, agents look every half second instead of being told.`,
      remedy: `sysctl -w fs.inotify.max_user_instances=${wantedWatchers}; 'patchbay up' as root does it`,
    },
  ];
}

function deviceFindings(look: HostLook, facts: EngineFacts | undefined): Finding[] {
  const isRemapped = facts !== undefined && (facts.isUserNamespaceRemapped || facts.isRootless);
  return [
    {
      name: 'kernel: /dev/net/tun',
      weight: 'needed',
      isFound: look.tunMode !== undefined && (!isRemapped || (look.tunMode & 0o006) === 0o006),
      found: look.tunMode === undefined ? 'absent' : `mode ${look.tunMode.toString(8).padStart(4, '0')}`,
      consequence: 'Open vSwitch cannot make internal ports.',
      remedy: isRemapped ? 'chmod 0666 /dev/net/tun' : 'modprobe tun',
    },
    {
      name: 'host: Linux',
      weight: 'needed',
      isFound: look.platform === 'linux',
      found: `${look.platform}, kernel ${look.kernel}`,
      consequence: 'Nodes share the kernel of the engine; Patchbay copies its own Node program into them.',
      remedy: 'a Linux machine, real or virtual',
    },
  ];
}

/** All findings, the host's first. Pure: the looking has been done. */
export function judge(look: HostLook, facts: EngineFacts | undefined, engineFailure = ''): Finding[] {
  const [tun, linux] = deviceFindings(look, facts);
  return [
    linux!,
    ...roomFindings(look),
    ...engineFindings(facts, engineFailure),
    tun!,
    ...moduleFindings(look),
  ];
}
