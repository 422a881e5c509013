// Extensions that further plug-ins bring.
import type { Declared } from './declared.ts';

export const router: Declared = [
  [
    'auto-allocated-topology',
    'Auto Allocated Topology Services',
    'Auto Allocated Topology Services.',
    '2016-01-01T00:00:00-00:00',
  ],
  [
    'dvr',
    'Distributed Virtual Router',
    'Enables configuration of Distributed Virtual Routers.',
    '2014-06-1T10:00:00-00:00',
  ],
  [
    'ext-gw-mode',
    'Neutron L3 Configurable external gateway mode',
    'Extension of the router abstraction for specifying whether SNAT should occur on the external gateway',
    '2013-03-28T10:00:00-00:00',
  ],
  [
    'extraroute',
    'Neutron Extra Route',
    'Extra routes configuration for L3 router',
    '2013-02-01T10:00:00-00:00',
  ],
  [
    'extraroute-atomic',
    'Atomically add/remove extra routes',
    'Edit extra routes of a router on server side by atomically adding/removing extra routes',
    '2019-07-10T00:00:00+00:00',
  ],
  [
    'fip-port-details',
    'Floating IP Port Details Extension',
    'Add port_details attribute to Floating IP resource',
    '2018-04-09T10:00:00-00:00',
  ],
  [
    'floatingip-pools',
    'Floating IP Pools Extension',
    'Provides a floating IP pools API.',
    '2018-03-21T10:00:00-00:00',
  ],
  ['l3-ha', 'HA Router extension', 'Adds HA capability to routers.', '2014-04-26T00:00:00-00:00'],
  [
    'l3-port-ip-change-not-allowed',
    'Prevent L3 router ports IP address change extension',
    'Prevent change of IP address for some L3 router ports',
    '2018-10-09T10:00:00-00:00',
  ],
  [
    'l3_agent_scheduler',
    'L3 Agent Scheduler',
    'Schedule routers among l3 agents',
    '2013-02-07T10:00:00-00:00',
  ],
  [
    'router',
    'Neutron L3 Router',
    'Router abstraction for basic L3 forwarding between L2 Neutron networks and access to external networks via a NAT gateway.',
    '2012-07-20T10:00:00-00:00',
  ],
  [
    'router-admin-state-down-before-update',
    "Enforce Router's Admin State Down Before Update Extension",
    'Ensure that the admin state of a router is DOWN (admin_state_up=False) before updating the distributed attribute',
    '2019-07-02T15:56:00',
  ],
  [
    'router_availability_zone',
    'Router Availability Zone',
    'Availability zone support for router.',
    '2015-01-01T10:00:00-00:00',
  ],
];

export const metering: Declared = [
  ['metering', 'Neutron Metering', 'Neutron Metering extension.', '2013-06-12T10:00:00-00:00'],
  [
    'metering_source_and_destination_fields',
    'Neutron Metering with source and destination filtering',
    'Neutron Metering extension that enables the use of source and destination IP prefixes to create metering label rules.',
    '2020-08-21T08:12:00-00:00',
  ],
];

export const qos: Declared = [
  ['qos', 'Quality of Service', 'The Quality of Service extension.', '2015-06-08T10:00:00-00:00'],
  [
    'qos-bw-limit-direction',
    'Direction for QoS bandwidth limit rule',
    'Allow to configure QoS bandwidth limit rule with specific direction: ingress or egress',
    '2017-04-10T10:00:00-00:00',
  ],
  [
    'qos-default',
    'QoS default policy',
    'Expose the QoS default policy per project',
    '2017-04-01T10:00:00-00:00',
  ],
  [
    'qos-port-network-policy',
    'QoS port network policy',
    'Allow to get the network QoS policy of a port',
    '2019-09-24T10:00:00-00:00',
  ],
  [
    'qos-rule-type-details',
    'Details of QoS rule types',
    'Expose details about QoS rule types supported by loaded backend drivers',
    '2017-06-22T10:00:00-00:00',
  ],
  [
    'qos-rule-type-filter',
    'Allow to filter the list of QoS rule types',
    'Allows to filter the QoS rule type list adding two new flags. "all_rules" prints all implemented QoS rule types."all_supported" prints all supported QoS rule types by the loaded mechanism drivers',
    '2022-02-02T10:00:00-00:00',
  ],
  [
    'qos-rules-alias',
    'Quality of Service rules alias API',
    'API to enable GET, PUT and DELETE operations on QoS policy rules without specifying policy ID',
    '2018-10-07T10:00:00-00:00',
  ],
];
