// Options of the metering agent (metering_agent.ini).
import { defineOptions } from '../../../lib/config.ts';
import { loggingOptions, messagingOptions } from './common.ts';
import { interfaceOptions } from './interface.ts';

/** Metering drivers by class and by short name. */
export const meteringDrivers = {
  'neutron.services.metering.drivers.iptables.iptables_driver.IptablesMeteringDriver': 'iptables',
  'neutron.services.metering.drivers.noop.noop_driver.NoopMeteringDriver': 'noop',
  iptables: 'iptables',
  noop: 'noop',
} as const;

const { interface_driver, use_namespaces, resync_interval } = interfaceOptions;

export const meteringOptions = defineOptions({
  ...loggingOptions,
  ...messagingOptions,
  // by now the counters lie in the namespaces, however devices are plugged; the guide's file names the driver
  interface_driver,
  use_namespaces,
  resync_interval,
  driver: {
    type: 'string',
    default: 'neutron.services.metering.drivers.noop.noop_driver.NoopMeteringDriver',
    choices: Object.keys(meteringDrivers),
    help: 'How traffic is counted: by iptables, or not at all',
  },
  measure_interval: { type: 'int', default: 30, min: 1, help: 'Seconds between two looks at the counters' },
  report_interval: {
    type: 'int',
    default: 300,
    min: 1,
    help: 'Seconds between two l3.meter events (not: between reports of state, see group [agent])',
  },
  notification_driver: {
    type: 'multi',
    default: ['messaging'],
    help: 'How l3.meter events are published: rpc_notifier (or messaging) to the message queue, log_notifier to the log',
  },
});

/** [agent] of metering_agent.ini. */
export const meteringAgentOptions = defineOptions({
  report_interval: {
    type: 'int',
    default: 30,
    min: 1,
    help: 'Seconds between reports of state to the server',
  },
});
