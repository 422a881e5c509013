// The server's calls to the DHCP agent: only the network they are about matters. Pure.

/** Methods that the server casts to `dhcp_agent.<host>`. */
export const eventMethods = [
  ...['create', 'update', 'delete'].flatMap((verb) =>
    ['network', 'subnet', 'port'].map((resource) => `${resource}_${verb}_end`),
  ),
  'agent_updated',
];

type Payload = Record<string, unknown>;

/** Ids in a payload: given plainly, or inside the resource (`{port: {id, network_id}}`). Undefined: anything may have changed. */
export function keyOfEvent(payload: Payload): { networkId?: string; portId?: string } {
  const inside = (name: string) => (payload[name] ?? {}) as Payload;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const networkId =
    text(payload.network_id) ??
    text(inside('network').id) ??
    text(inside('subnet').network_id) ??
    text(inside('port').network_id);
  const portId = text(payload.port_id) ?? text(inside('port').id);
  return { ...(networkId === undefined ? {} : { networkId }), ...(portId === undefined ? {} : { portId }) };
}
