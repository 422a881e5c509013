// What mends a fault from inside its node, mildest first. Pure.
import type { Fault } from '../../checks/faults/types.ts';

/** A command in a node, with what it does as a person reads it. */
export interface Mend {
  node: string;
  doing: string;
  argv: string[];
}

const agent = 'neutron-openvswitch-agent';
const apis = ['keystone-all', 'neutron-server', 'nova-api', 'glance-api'];

const goOn = 'pid=$(cat "/etc/service/$1/supervise/pid") && pkill -CONT -P "$pid"; kill -CONT "$pid"';
/** The switch makes the bridges of the node's NICs when it finds no note that it did; then the agent fills them. */
const makeBridges = `rm -f /etc/openvswitch/bridges-made; sv restart ovs-vswitchd; sv restart ${agent}`;
const raise = `ip link set "$1" up
nsenter --net=/run/lab/wires ip -batch - <<EOT
link set far-$1 master br-$1 up
link set wire-$1 master br-$1 up
link set br-$1 up
EOT`;

/** Nothing for what only a new start of the node mends, or nobody but the learner. */
export function mendOf({ kind, node, name }: Fault): Mend | undefined {
  const shell = (doing: string, script: string) => ({
    node,
    doing,
    argv: ['sh', '-c', script, 'mend', name],
  });
  switch (kind) {
    case 'service':
      return { node, doing: `Starting ${name} on ${node}`, argv: ['sv', 'up', name] };
    case 'frozen':
      return shell(`Letting ${name} on ${node} go on`, goOn);
    case 'crashing':
    case 'agent':
      return { node, doing: `Starting ${name} on ${node} anew`, argv: ['sv', 'restart', name] };
    case 'api':
      return { node, doing: `Starting the APIs on ${node} anew`, argv: ['sv', 'restart', ...apis] };
    case 'switch':
      return {
        ...{ node, doing: `Starting Open vSwitch on ${node} anew` },
        argv: ['sv', 'restart', 'ovsdb-server', 'ovs-vswitchd'],
      };
    case 'bridge':
      return shell(`Making the bridges on ${node} again`, makeBridges);
    case 'wire':
      return shell(`Putting the cable of ${name} on ${node} back`, raise);
    case 'controller':
      return { node, doing: `Connecting ${node} again`, argv: ['ip', 'link', 'set', 'mgmt0', 'up'] };
    case 'node':
    case 'config':
    case 'disk':
      return undefined;
  }
}

/** Each mend once, bridges before services: what a service needs is there when it starts. */
export function mendsOf(faults: readonly Fault[]): Mend[] {
  const mends = faults.flatMap((fault) => mendOf(fault) ?? []);
  return mends.filter(
    (mend, index) =>
      mends.findIndex(({ node, doing }) => node === mend.node && doing === mend.doing) === index,
  );
}

/** Nodes that are started anew when mending from inside was not enough; a full disk stays full. */
export const nodesToRestart = (faults: readonly Fault[]): string[] => [
  ...new Set(faults.filter(({ kind }) => kind !== 'disk').map(({ node }) => node)),
];
