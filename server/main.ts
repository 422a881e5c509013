// Picks a role: the appliance on the host, a daemon or a client inside a node. Everything else is loaded only when asked for.

/** A role's program: takes the words after the role's name and resolves when it has ended (a daemon: never). */
export type Main = (argv: string[]) => Promise<void>;

const roles: Record<string, () => Promise<{ main: Main }>> = {
  patchbay: () => import('./appliance/cli/main.ts'),
  keystone: () => import('./cloud/client/keystone.ts'),
  neutron: () => import('./cloud/client/neutron.ts'),
  nova: () => import('./cloud/client/nova.ts'),
  'keystone-all': () => import('./cloud/identity/main.ts'),
  'glance-api': () => import('./cloud/image/main.ts'),
  'nova-api': () => import('./cloud/compute/main.ts'),
  'nova-compute': () => import('./cloud/agents/compute/main.ts'),
  'neutron-server': () => import('./cloud/networking/main.ts'),
  'neutron-openvswitch-agent': () => import('./cloud/agents/openvswitch/main.ts'),
  'neutron-linuxbridge-agent': () => import('./cloud/agents/linuxbridge/main.ts'),
  'neutron-dhcp-agent': () => import('./cloud/agents/dhcp/main.ts'),
  'neutron-l3-agent': () => import('./cloud/agents/l3/main.ts'),
  'neutron-metadata-agent': () => import('./cloud/agents/metadata/main.ts'),
  'neutron-metering-agent': () => import('./cloud/agents/metering/main.ts'),
};

const [role, ...argv] = process.argv.slice(2);
const load = role === undefined ? undefined : roles[role];
if (load === undefined) {
  process.stderr.write(`Unknown role '${role ?? ''}'. Roles: ${Object.keys(roles).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const { main } = await load();
  try {
    await main(argv);
  } catch (error) {
    // a sentence about a configuration is meant for whoever wrote it, a stack is not
    if (!(error instanceof Error) || error.name !== 'ConfigError') throw error;
    process.stderr.write(`${role}: ${error.message}\n`);
    process.exit(1);
  }
}
