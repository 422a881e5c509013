// Owners of the ports that the network service makes for itself, as every port shows them.

export const gatewayOwner = 'network:router_gateway';
export const floatingipOwner = 'network:floatingip';
export const dhcpOwner = 'network:dhcp';
/** An interface of a router on one host, on every host that uses it, on several with one of them active. */
export const interfaceOwner = 'network:router_interface';
export const distributedOwner = 'network:router_interface_distributed';
export const replicatedOwner = 'network:ha_router_replicated_interface';
/** Where the host that translates for a distributed router meets the router's subnets. */
export const snatOwner = 'network:router_centralized_snat';
/** Where a host with distributed routers meets an external network. */
export const agentGatewayOwner = 'network:floatingip_agent_gateway';
/** Where a host of a highly available router speaks VRRP. */
export const haOwner = 'network:router_ha_interface';

export const interfaceOwners: readonly string[] = [interfaceOwner, distributedOwner, replicatedOwner];

/** Owner of the interfaces of a router of this kind. */
export const interfaceOwnerOf = (router: { distributed: boolean; ha: boolean }): string =>
  router.distributed ? distributedOwner : router.ha ? replicatedOwner : interfaceOwner;

/** Whether the port belongs to a router (its device is the router). */
export const isRouterPort = (owner: string): boolean =>
  interfaceOwners.includes(owner) || owner === gatewayOwner || owner === snatOwner || owner === haOwner;
