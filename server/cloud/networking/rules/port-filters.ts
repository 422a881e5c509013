// Filters of port lists that look beyond the port's own columns.
import type { Selection } from '../../store/rows.ts';

/** `fixed_ips=ip_address=A`, `subnet_id=S`, `ip_address_substr=10.0.`: equal kinds are alternatives, kinds add up. */
export function fixedIpsFilter(query: Selection, values: readonly string[]): Selection {
  const byKind = Map.groupBy(values.map(pairOf), ([kind]) => kind);
  let narrowed = query;
  for (const [kind, pairs] of byKind) {
    const wanted = pairs.map(([, value]) => value);
    narrowed = narrowed.where((is) => {
      let held = is.selectFrom('ip_allocations').select('port_id');
      if (kind === 'ip_address_substr')
        held = held.where((address) =>
          address.or(wanted.map((text) => address('ip_address', 'like', `%${escaped(text)}%`))),
        );
      else if (kind === 'ip_address' || kind === 'subnet_id') held = held.where(kind, 'in', wanted);
      else held = held.where('port_id', '=', '');
      return is('id', 'in', held);
    });
  }
  return narrowed;
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Addresses hold neither of LIKE's own signs. */
const escaped = (text: string) => text.replace(/[%_]/g, '');

/** Ports that have one of the groups. */
export function securityGroupsFilter(query: Selection, values: readonly string[]): Selection {
  return query.where((is) =>
    is(
      'id',
      'in',
      is
        .selectFrom('security_group_bindings')
        .select('port_id')
        .where('security_group_id', 'in', [...values]),
    ),
  );
}
