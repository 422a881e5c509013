// Pieces that flows of all bridges are written with. Pure.
import type { Flow } from '../../../host/ovs-ofctl.ts';

export const flow = (table: number, priority: number, match: string, actions: string): Flow => ({
  table,
  priority,
  match,
  actions,
});

export const goto = (table: number) => `goto_table:${table}`;

/** A VLAN id as a field value: OpenFlow sets the bit that says that there is a tag. */
export const vlanField = (id: number) => `set_field:${4096 + id}->vlan_vid`;
