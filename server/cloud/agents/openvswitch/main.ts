// neutron-openvswitch-agent: reads its configuration, connects to the message queue, and keeps the host as the server wants it.
import { readAddresses } from '../../../host/address.ts';
import { observeCommands } from '../../../host/run.ts';
import { loadConfig } from '../../../lib/config.ts';
import { createLogger } from '../../../lib/log.ts';
import { loggingOptions, messagingOptions } from '../../model/options/common.ts';
import {
  ovsAgentOptions,
  ovsOptions,
  ovsPluginOptions,
  reportOptions,
  securityGroupOptions,
} from '../../model/options/ovs.ts';
import type { AgentState } from '../../model/specs.ts';
import { connectRpc } from '../../rpc/connect-rpc.ts';
import { subscribe, subscribeOverlay } from '../l2/rpc-plugin.ts';
import { printPlan, serveAgent } from '../l2/serve-agent.ts';
import { parsePlanOption } from '../plan-option.ts';
import { createAgent, type OpenvswitchAgent } from './agent.ts';
import { hostPlugin, subscribeMacs } from './rpc.ts';
import { checkLocalIp, settingsOf, type Settings } from './settings.ts';

const groups = {
  DEFAULT: { ...loggingOptions, ...messagingOptions, ...reportOptions },
  ovs: ovsOptions,
  agent: ovsAgentOptions,
  securitygroup: securityGroupOptions,
};

/** Runs the agent until a signal; with `--plan` prints what a pass would do, and why, and ends. */
export async function main(argv: string[]): Promise<void> {
  const { mode, rest } = parsePlanOption(argv);
  const config = loadConfig(groups, rest, [{ ovs: ovsPluginOptions }]);
  const log = createLogger(config.DEFAULT, 'neutron-openvswitch-agent');
  for (const warning of config.warnings) log.warning(warning);
  observeCommands((words, code, milliseconds) =>
    log.debug(`Ran '${words.join(' ')}': code ${code}, ${Math.round(milliseconds)} ms`),
  );
  const settings = settingsOf(config);
  checkLocalIp(settings, await hostAddresses());
  const { host, transport_url, control_exchange: exchange, report_interval } = config.DEFAULT;
  const rpc = connectRpc({ transport_url, exchange, host, log });
  const plugin = hostPlugin(rpc, settings);
  const agent = createAgent(settings, plugin, log);
  if (mode === 'plan') return printPlan({ agent, rpc });
  await serveAgent({
    ...{ agent, rpc, log, reportInterval: report_interval },
    readState: () => agentState(settings, agent),
    subscribe: () => {
      subscribe(rpc, agent);
      subscribeOverlay(rpc, agent);
      subscribeMacs(rpc, agent);
    },
  });
}

/** Addresses of this host, without prefix lengths. */
const hostAddresses = async () =>
  (await readAddresses()).filter(({ scope }) => scope !== 'host').map(({ cidr }) => cidr.split('/')[0]!);

function agentState(settings: Settings, agent: OpenvswitchAgent): AgentState {
  const { host, physical, tunnels, integrationBridge, datapathType, enforcesSecurityGroups } = settings;
  return {
    binary: 'neutron-openvswitch-agent',
    agent_type: 'Open vSwitch agent',
    topic: 'N/A',
    host,
    configurations: {
      bridge_mappings: Object.fromEntries(
        physical.map(({ physicalNetwork, bridge }) => [physicalNetwork, bridge]),
      ),
      integration_bridge: integrationBridge,
      datapath_type: datapathType,
      devices: agent.deviceCount(),
      tunnel_types: [...tunnels.types],
      tunneling_ip: tunnels.types.length === 0 ? null : tunnels.localIp,
      l2_population: tunnels.populates,
      arp_responder_enabled: tunnels.answersArp,
      enable_distributed_routing: settings.isDistributed,
      in_distributed_mode: agent.isDistributed(),
      extensions: [],
      log_agent_heartbeats: false,
      ovs_hybrid_plug: enforcesSecurityGroups,
    },
  };
}
