// What the L3 agent tells the server of a router after a pass: floating IPs, gateway ports, VRRP states.
import type { FloatingIpSpec } from '../../model/specs.ts';
import type { Rpc } from '../../rpc/connect-rpc.ts';
import { readText } from '../namespace-daemon.ts';
import { tellOnce } from '../told-once.ts';
import { stateFile, toldState } from './ha/keepalived.ts';
import type { L3Config, RouterTarget } from './target.ts';

/** A pass does not wait longer than this for the server: the host may need it meanwhile. */
export const soon = { timeoutMs: 10_000 };

export interface RouterReports {
  /** `failed`: the pass did not end well, and will be tried again. */
  passed(routerId: string, target: RouterTarget, failed: boolean): Promise<void>;
  gone(routerId: string): void;
  /** Brings up ports that belong to no single router. */
  tellPorts(key: string, ports: readonly string[]): Promise<void>;
  /** The server may have forgotten: tell everything again. */
  forgetAll(): void;
}

export function createReports(config: L3Config, rpc: Pick<Rpc, 'call'>): RouterReports {
  const { host } = config;
  const gatewayPorts = tellOnce((devices_up) =>
    rpc.call(
      'q-plugin',
      'update_device_list',
      { devices_up, devices_down: [], agent_id: `l3-agent-${host}`, host },
      soon,
    ),
  );
  const toldStates = new Map<string, string>();

  /** Undefined: the router is not highly available, and active wherever it is. */
  async function tellState(id: string, target: RouterTarget): Promise<'active' | 'standby' | undefined> {
    if (target.namespaces.every(({ ha }) => ha === undefined)) return undefined;
    const noted = readText(stateFile(config, id));
    const state = noted === 'primary' ? toldState.primary : toldState.backup;
    if (toldStates.get(id) !== state)
      await rpc.call('q-l3-plugin', 'update_ha_routers_states', { host, states: { [id]: state } }, soon);
    toldStates.set(id, state);
    return state;
  }

  /** Floating IPs work when their pass has; a pass that failed says so of those that should have begun to work. */
  async function tellStatuses(router_id: string, target: RouterTarget, failed: boolean): Promise<void> {
    const statuses = Object.entries(target.newStatuses).map(
      ([id, status]): [string, FloatingIpSpec['status']] => [
        id,
        failed && status === 'ACTIVE' ? 'ERROR' : status,
      ],
    );
    if (statuses.length === 0) return;
    const fip_statuses = Object.fromEntries(statuses);
    await rpc.call('q-l3-plugin', 'update_floatingip_statuses', { router_id, fip_statuses, host }, soon);
    if (!failed) target.newStatuses = {};
  }

  return {
    passed: async (id, target, failed) => {
      // a standby has nothing to say of what the active does
      if ((await tellState(id, target)) === 'standby') return;
      await tellStatuses(id, target, failed);
      if (!failed) await gatewayPorts.tell(id, target.ownPorts);
    },
    tellPorts: gatewayPorts.tell,
    gone: (id) => {
      toldStates.delete(id);
      gatewayPorts.forget(id);
    },
    forgetAll: () => {
      toldStates.clear();
      gatewayPorts.forgetAll();
    },
  };
}
