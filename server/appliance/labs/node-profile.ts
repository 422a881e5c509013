// What each kind of node is allowed and given: the least that its daemons work with.
import type { ContainerSpec, EngineFacts } from '../engine/types.ts';
import type { NodeKind } from './spec.ts';

type Profile = Pick<
  ContainerSpec,
  | 'capabilities'
  | 'devices'
  | 'mounts'
  | 'tmpfs'
  | 'sysctls'
  | 'memoryBytes'
  | 'pids'
  | 'cpus'
  | 'publish'
  | 'isProcOpen'
  | 'isUnfiltered'
>;

const MiB = 2 ** 20;

/**
 * Files of other users, services under their own users, signals, low ports, own addresses and routes, ping, and hearing of
 * changes in all network namespaces of the node through one socket.
 */
const everyNode = [
  'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETUID', 'SETGID', 'KILL', 'NET_BIND_SERVICE', 'NET_ADMIN', 'NET_RAW',
  'NET_BROADCAST',
]; // prettier-ignore

/** Network namespaces are mounts; a guest gets a root, devices and a login of its own; `ip netns pids` looks at others. */
const withNamespaces = [
  ...everyNode,
  'SYS_ADMIN',
  'SYS_PTRACE',
  'SYS_CHROOT',
  'MKNOD',
  'SETPCAP',
  'SETFCAP',
  'AUDIT_WRITE',
];

const forwarding = { 'net.ipv4.ip_forward': '1' };

/** A node's limits and privileges on an engine. */
export function profileOf(
  kind: NodeKind,
  facts: Pick<EngineFacts, 'isUserNamespaceRemapped' | 'isRootless'>,
): Profile {
  const isRemapped = facts.isUserNamespaceRemapped || facts.isRootless;
  const plain = {
    ...{ devices: [], mounts: [], tmpfs: {}, sysctls: {}, publish: [], cpus: 2 },
    ...{ isProcOpen: false, isUnfiltered: false },
  };
  const namespaces = {
    ...plain,
    capabilities: withNamespaces,
    devices: ['/dev/net/tun'],
    // In a user namespace the kernel lets a process mount /proc and /sys only where a whole one is in sight.
    isProcOpen: isRemapped,
    mounts: isRemapped ? ['/sys:/run/sysfs'] : [],
  };
  switch (kind) {
    case 'controller':
      return {
        ...plain,
        capabilities: everyNode,
        memoryBytes: 1024 * MiB,
        pids: 1024,
        publish: [5000, 5672, 8774, 9292, 9696],
      };
    case 'network':
      return { ...namespaces, memoryBytes: 1024 * MiB, pids: 2048, sysctls: forwarding };
    case 'compute':
      // An overlay inside a container's own needs its upper folder in memory.
      return {
        ...namespaces,
        memoryBytes: 1536 * MiB,
        pids: 4096,
        // The kernel lets nobody below a filter look into one, as bringing an instance to another host does.
        isUnfiltered: true,
        tmpfs: { '/var/lib/nova/instances': 'rw,exec,suid,dev,size=512m,mode=0755' },
      };
    case 'outside':
      // Its wire is laid through a hidden network namespace.
      return {
        ...plain,
        capabilities: withNamespaces,
        memoryBytes: 256 * MiB,
        pids: 256,
        sysctls: forwarding,
      };
  }
}
