// Which projects use an object that is shared with them.
import { gatewayOwner } from '../../model/device-owners.ts';
import type { RbacPolicy, Shareable, SharingAction } from '../../model/rbac-policy.ts';
import {
  floatingips,
  groupBindings,
  networks,
  ports,
  routers,
  securityGroupRules,
  subnetpools,
  subnets,
} from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';

type Users = (rows: Rows, id: string) => Promise<{ tenant_id: string }[]>;

const users: Record<Shareable, Partial<Record<SharingAction, Users>>> = {
  qos_policy: {
    access_as_shared: async (rows, qos_policy_id) => [
      ...(await rows.all(networks, { qos_policy_id })),
      ...(await rows.all(ports, { qos_policy_id })),
    ],
  },
  network: {
    access_as_shared: (rows, network_id) => rows.all(ports, { network_id }),
    access_as_external: async (rows, network_id) => {
      const gateways = await rows.all(ports, { network_id, device_owner: gatewayOwner });
      return [
        ...(await rows.all(routers, { gw_port_id: gateways.map(({ id }) => id) })),
        ...(await rows.all(floatingips, { floating_network_id: network_id })),
      ];
    },
  },
  address_scope: {
    access_as_shared: (rows, address_scope_id) => rows.all(subnetpools, { address_scope_id }),
  },
  subnetpool: { access_as_shared: (rows, subnetpool_id) => rows.all(subnets, { subnetpool_id }) },
  security_group: {
    access_as_shared: async (rows, security_group_id) => {
      const bound = await rows.all(groupBindings, { security_group_id });
      return rows.all(ports, { id: bound.map(({ port_id }) => port_id) });
    },
  },
  address_group: {
    access_as_shared: (rows, remote_address_group_id) =>
      rows.all(securityGroupRules, { remote_address_group_id }),
  },
};

/** Ids of the projects that use the policy's object in the way it allows, each once. */
export async function usersOf(
  rows: Rows,
  { object_type, object_id, action }: Pick<RbacPolicy, 'object_type' | 'object_id' | 'action'>,
): Promise<string[]> {
  const found = (await users[object_type][action as SharingAction]?.(rows, object_id)) ?? [];
  return [...new Set(found.map(({ tenant_id }) => tenant_id))];
}
