// neutron-linuxbridge-agent: reads its configuration, connects to the message queue, and keeps the host as the server wants it.
import { observeCommands } from '../../../host/run.ts';
import { loadConfig } from '../../../lib/config.ts';
import { createLogger } from '../../../lib/log.ts';
import { loggingOptions, messagingOptions } from '../../model/options/common.ts';
import { linuxbridgePluginOptions } from '../../model/options/linuxbridge-plugin.ts';
import {
  linuxbridgeAgentOptions,
  linuxbridgeOptions,
  linuxbridgeSecurityGroupOptions,
  linuxbridgeVxlanOptions,
} from '../../model/options/linuxbridge.ts';
import {
  ml2FlatOptions,
  ml2GreOptions,
  ml2Options,
  ml2VlanOptions,
  ml2VxlanOptions,
} from '../../model/options/ml2.ts';
import { reportOptions } from '../../model/options/ovs.ts';
import type { AgentState } from '../../model/specs.ts';
import { connectRpc } from '../../rpc/connect-rpc.ts';
import { subscribe, subscribeOverlay } from '../l2/rpc-plugin.ts';
import { printPlan, serveAgent } from '../l2/serve-agent.ts';
import { parsePlanOption } from '../plan-option.ts';
import type { Actual } from './actual.ts';
import { createAgent, type LinuxbridgeAgent } from './agent.ts';
import { rpcPlugin } from './rpc-plugin.ts';
import { settingsOf, type Settings } from './settings.ts';

const groups = {
  DEFAULT: { ...loggingOptions, ...messagingOptions, ...reportOptions },
  linux_bridge: linuxbridgeOptions,
  vxlan: linuxbridgeVxlanOptions,
  ml2_type_vxlan: ml2VxlanOptions,
  agent: linuxbridgeAgentOptions,
  securitygroup: linuxbridgeSecurityGroupOptions,
};

/** What the server reads from the same files. */
const serverGroups = {
  vlans: linuxbridgePluginOptions,
  ml2: ml2Options,
  ml2_type_flat: ml2FlatOptions,
  ml2_type_vlan: ml2VlanOptions,
  ml2_type_gre: ml2GreOptions,
};

/** Runs the agent until a signal; with `--plan` prints what a pass would do, and why, and ends. */
export async function main(argv: string[]): Promise<void> {
  const { mode, rest } = parsePlanOption(argv);
  const config = loadConfig(groups, rest, [serverGroups]);
  const log = createLogger(config.DEFAULT, 'neutron-linuxbridge-agent');
  for (const warning of config.warnings) log.warning(warning);
  observeCommands((words, code, milliseconds) =>
    log.debug(`Ran '${words.join(' ')}': code ${code}, ${Math.round(milliseconds)} ms`),
  );
  const settings = settingsOf(config);
  const { host, transport_url, control_exchange: exchange, report_interval } = config.DEFAULT;
  const rpc = connectRpc({ transport_url, exchange, host, log });
  const agent = createAgent(settings, rpcPlugin(rpc, settings), log);
  if (mode === 'plan') return printPlan({ agent, rpc });
  const vlanDevices = await agent.vlanDevices();
  await serveAgent({
    ...{ agent, rpc, log, reportInterval: report_interval },
    readState: () => agentState(settings, agent, vlanDevices),
    subscribe: () => {
      subscribe(rpc, agent);
      if (settings.vxlan !== undefined) subscribeOverlay(rpc, agent);
    },
  });
}

function agentState(
  { host, interfaces, bridges, vxlan }: Settings,
  agent: LinuxbridgeAgent,
  vlanDevices: Actual['vlans'],
): AgentState {
  return {
    binary: 'neutron-linuxbridge-agent',
    agent_type: 'Linux bridge agent',
    topic: 'N/A',
    host,
    configurations: {
      bridge_mappings: bridges,
      devices: agent.deviceCount(),
      extensions: [],
      interface_mappings: interfaces,
      l2_population: vxlan?.populates ?? false,
      tunnel_types: vxlan === undefined ? [] : ['vxlan'],
      tunneling_ip: vxlan?.localIp ?? null,
      vlan_devices: vlanDevices,
      ...(vxlan === undefined || vxlan.group === '' ? {} : { vxlan_group: vxlan.group }),
    },
  };
}
