// Options of neutron-server (neutron.conf) that say which agents serve networks and routers, and what they do when one fails.
import { defineOptions } from '../../../lib/config.ts';

const scheduler = (kind: 'l3' | 'dhcp', names: readonly string[]) =>
  names.map((name) => `neutron.scheduler.${kind}_agent_scheduler.${name}`);

/** [DEFAULT]: highly available routers, schedulers, failover. */
export const schedulingOptions = defineOptions({
  l3_ha: {
    type: 'bool',
    default: false,
    help: 'Routers are highly available unless they are asked for otherwise',
  },
  max_l3_agents_per_router: {
    type: 'int',
    default: 3,
    min: 0,
    help: 'Most L3 agents that keep a highly available router; 0: all there are',
  },
  min_l3_agents_per_router: {
    type: 'int',
    default: 2,
    min: 1,
    help: 'L3 agents that must be there for a highly available router to be made',
  },
  l3_ha_net_cidr: {
    type: 'string',
    default: '169.254.192.0/18',
    help: 'Subnet of the networks over which the hosts of highly available routers agree',
  },
  l3_ha_network_type: {
    type: 'string',
    default: '',
    help: 'Type of these networks; the first tenant type if empty',
  },
  l3_ha_network_physical_name: {
    type: 'string',
    default: '',
    help: 'Physical network of these networks; with l3_ha_network_type only',
  },
  allow_automatic_l3agent_failover: {
    type: 'bool',
    default: false,
    help: 'Routers of an L3 agent that is dead or out of service move to others',
  },
  allow_automatic_dhcp_failover: {
    type: 'bool',
    default: true,
    help: 'Networks of a DHCP agent that is dead or out of service move to others',
  },
  enable_services_on_agents_with_admin_state_down: {
    type: 'bool',
    default: false,
    help: 'An agent out of service keeps serving what it has',
  },
  router_auto_schedule: {
    type: 'bool',
    default: true,
    help: 'An L3 agent that starts is given routers that lack one',
  },
  network_auto_schedule: {
    type: 'bool',
    default: true,
    help: 'A DHCP agent that starts is given networks that lack one',
  },
  router_scheduler_driver: {
    type: 'string',
    default: 'neutron.scheduler.l3_agent_scheduler.LeastRoutersScheduler',
    choices: scheduler('l3', ['LeastRoutersScheduler', 'ChanceScheduler']),
    help: 'Which L3 agent gets a router: the one with the fewest, or any',
  },
  network_scheduler_driver: {
    type: 'string',
    default: 'neutron.scheduler.dhcp_agent_scheduler.WeightScheduler',
    choices: scheduler('dhcp', ['WeightScheduler', 'ChanceScheduler']),
    help: 'Which DHCP agent gets a network: the one with the fewest, or any',
  },
});
