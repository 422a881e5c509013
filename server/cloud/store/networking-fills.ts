// Rows that databases of earlier versions need now.
import { randomUUID } from 'node:crypto';
import { everybody, type RbacPolicy, type Shareable, type SharingAction } from '../model/rbac-policy.ts';
import type { Rows } from './rows.ts';
import type { Table } from './table.ts';

interface Owned {
  id: string;
  tenant_id: string;
}

/**
 * Version 2 keeps in RBAC policies who may use an object. What a mark in its row (`shared`, `router:external`) gave to every
 * project before is given by a policy from then on.
 */
export async function policiesForMarks<Row extends Owned>(
  rows: Rows,
  policies: Table<RbacPolicy>,
  {
    table,
    mark,
    type,
    action,
  }: { table: Table<Row>; mark: keyof Row; type: Shareable; action: SharingAction },
): Promise<void> {
  const marked = (await rows.all(table)).filter((row) => row[mark] === true);
  for (const { id, tenant_id } of marked) {
    const policy = { object_type: type, object_id: id, action, target_tenant: everybody };
    if ((await rows.find(policies, policy)) === undefined)
      await rows.insert(policies, { id: randomUUID(), tenant_id, ...policy });
  }
}

/** Version 3 keeps with a port who owns its network. */
export async function networkOwnersOfPorts(
  rows: Rows,
  {
    networks,
    ports,
  }: { networks: Table<Owned>; ports: Table<{ network_id: string; network_tenant_id: string }> },
): Promise<void> {
  for (const { id, tenant_id } of await rows.all(networks))
    await rows.update(ports, { network_id: id }, { network_tenant_id: tenant_id });
}
