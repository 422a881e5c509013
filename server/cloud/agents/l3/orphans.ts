// Ports of routers that are gone together with their namespace: nothing else leads to them any more.
import type { OvsPort } from '../../../host/ovs-ports.ts';
import { removePortCommand, type VsctlCommand } from '../../../host/ovs-vsctl.ts';
import { portNames, type L3Config, type RouterTarget } from './target.ts';

/**
 * Commands that remove the ports of ours that no router wants. `ports` must have been read before `targets` were fetched,
 * so that a port made in between is none of them. Pure.
 */
export function orphanCommands(
  ports: ReadonlyMap<string, OvsPort>,
  targets: Iterable<RouterTarget>,
  config: L3Config,
): VsctlCommand[] {
  const wanted = new Set([...targets].flatMap(portNames));
  const bridges = [config.ovs_integration_bridge, config.external_network_bridge];
  return [...ports.values()]
    .filter(
      ({ name, bridge, type }) =>
        /^(q[rg]|[sf]g|ha)-/.test(name) && bridges.includes(bridge) && type === 'internal',
    )
    .filter(({ name, externalIds }) => externalIds['iface-status'] === 'active' && !wanted.has(name))
    .map(({ name, bridge }) => removePortCommand(bridge, name));
}
