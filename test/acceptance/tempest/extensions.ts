// The aliases that the tests are to find. What is not named here is skipped by the tests: so this is held to, whatever the
// server says of itself.
export const heldExtensions = [
  ...[
    'router',
    'ext-gw-mode',
    'extraroute',
    'external-net',
    'provider',
    'binding',
    'quotas',
    'quota_details',
  ],
  ...['security-group', 'allowed-address-pairs', 'extra_dhcp_opt', 'port-security', 'agent', 'metering'],
  ...['dhcp_agent_scheduler', 'l3_agent_scheduler', 'dvr', 'l3-ha', 'net-mtu', 'project-id', 'pagination'],
  ...['sorting', 'filter-validation', 'ip-substring-filtering', 'service-type', 'subnet_allocation'],
  ...['standard-attr-tag', 'standard-attr-description'],
  // how Tempest calls standard-attr-tag in one of its tests; no server has it
  'tag',
] as const;
