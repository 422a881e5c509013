// Reads the host for each pass; what nobody has changed since the pass before is not read again.
import { countFlows, dumpFlows, flowPrint, type MarkedFlow } from '../../../host/ovs-ofctl.ts';
import { dumpMeters, type Meter } from '../../../host/ovs-meters.ts';
import { readDevices } from '../../../host/link.ts';
import { readFirewall, type FirewallActual } from '../firewall/actual.ts';
import type { Actual, SwitchState } from './actual.ts';
import { tunnelTable } from './flows-tunnel.ts';
import { managedBridges, type Settings } from './settings.ts';
import type { Step } from './steps.ts';

export interface HostReader {
  /** Everything but the switch's state, which is given. */
  read(state: SwitchState): Promise<Actual>;
  /** Steps were done: what they changed is known, or read again. */
  applied(steps: readonly Step[]): void;
  /** Somebody may have changed anything. */
  forget(): void;
}

interface KnownFlows {
  flows: MarkedFlow[];
  /** What the bridge looked like with them; undefined after a change of ours, until it was looked at. */
  print: string | undefined;
  /** Numbers of the ports that the flows name. */
  numbers: Map<string, number | undefined>;
}

export function createHostReader(settings: Settings): HostReader {
  const bridges = new Map<string, KnownFlows>();
  let firewall: FirewallActual | undefined;
  let meters: Meter[] | undefined;

  async function readFlows(bridge: string, { ports }: SwitchState): Promise<MarkedFlow[]> {
    const print = await printOf(bridge, settings);
    const own = [...ports.values()].filter((port) => port.bridge === bridge);
    const numbers = new Map(own.map(({ name, ofport }) => [name, ofport]));
    const known = bridges.get(bridge);
    // Printed before they are read: a change in between shows in the next pass.
    const flows =
      known !== undefined && isUnchanged(known, print, numbers) ? known.flows : await dumpFlows(bridge);
    bridges.set(bridge, { flows, print, numbers });
    return flows;
  }

  return {
    read: async (state) => {
      const found = managedBridges(settings).filter((name) => state.bridges.has(name));
      const readFirewallOnce = async () => (firewall ??= await readFirewall());
      const { integrationBridge, datapathType } = settings;
      const hasMeters = datapathType === 'netdev' && state.bridges.has(integrationBridge);
      const readMetersOnce = async () => (meters ??= await dumpMeters(integrationBridge));
      const [flows, devices, known, metered] = await Promise.all([
        Promise.all(found.map(async (name) => [name, await readFlows(name, state)] as const)),
        readDevices(settings.physical.flatMap(({ inner, outer }) => [inner, outer])),
        readFirewallOnce(),
        hasMeters ? readMetersOnce() : [],
      ]);
      return { switch: state, devices, flows: new Map(flows), meters: metered, ...known };
    },
    applied: (steps) => {
      for (const step of steps) {
        if (step.kind === 'change-flows') {
          const numbers = bridges.get(step.bridge)?.numbers ?? new Map<string, undefined>();
          bridges.set(step.bridge, { flows: step.after, print: undefined, numbers });
        }
        if (firewallKinds.has(step.kind)) firewall = undefined;
        if (step.kind === 'change-meters') meters = undefined;
      }
    },
    forget: () => {
      bridges.clear();
      firewall = undefined;
      meters = undefined;
    },
  };
}

/** True when a bridge that looks so has the flows that are known. */
function isUnchanged(known: KnownFlows, print: string, numbers: KnownFlows['numbers']): boolean {
  const { flows } = known;
  const isSame =
    known.print === undefined
      ? countFlows(print) === flows.filter((flow) => flow.isLearned !== true).length
      : known.print === print;
  // A flow holds the number of a port; under another number, or instead of one that is gone, it is another port.
  const hasSamePorts = [...known.numbers].every(
    ([name, number]) => number === undefined || numbers.get(name) === number,
  );
  const isNamed = ({ match, actions }: MarkedFlow) => !/in_port=\d|output:\d/.test(`${match} ${actions}`);
  return isSame && hasSamePorts && (numbers.size === known.numbers.size || flows.every(isNamed));
}

const firewallKinds = new Set<Step['kind']>(['change-iptables', 'change-ipsets', 'set-sysctl']);

/** The flows of a bridge as text, without those that the switch learns. */
export const printOf = (bridge: string, { tunnels }: Settings): Promise<string> =>
  flowPrint(bridge, bridge === tunnels.bridge ? [tunnelTable.unicast] : []);
