// Commands that tie routers to subnets and external networks, and floating IPs to ports.
import { parseDict, type PositionalSpec } from '../command/arguments.ts';
import type { Command } from '../command/program.ts';
import type { Session } from '../session.ts';
import { findIdOf } from './find.ts';
import { listWith } from './resource-commands.ts';
import { findResourceNamed } from './resources.ts';

const router: PositionalSpec = { name: 'router', help: 'ID or name of the router' };
const subnetOrPort: PositionalSpec = {
  name: 'interface',
  help: 'SUBNET, subnet=SUBNET or port=PORT by ID or name',
};

const put = <Body>(session: Session, path: string, body: unknown) =>
  session.request<Body>('network', { method: 'PUT', path: `/v2.0/${path}`, body });

/** The body for what somebody calls an interface. */
async function interfaceBody(session: Session, given: string): Promise<Record<string, string>> {
  const [, kind = 'subnet', name = given] = /^(subnet|port)=(.*)$/s.exec(given) ?? [];
  return { [`${kind}_id`]: await findIdOf(session, kind, name) };
}

const interfaceAdd: Command = {
  name: 'router-interface-add',
  help: 'Add an internal network interface to a router.',
  hasOutput: false,
  positionals: [router, subnetOrPort],
  async run({ positionals }, { session, say }) {
    const id = await findIdOf(session, 'router', positionals.router!);
    const body = await interfaceBody(session, positionals.interface!);
    const answer = await put<{ port_id: string }>(session, `routers/${id}/add_router_interface`, body);
    say(`Added interface ${answer.body.port_id} to router ${positionals.router!}.`);
    return undefined;
  },
};

const interfaceDelete: Command = {
  name: 'router-interface-delete',
  help: 'Remove an internal network interface from a router.',
  hasOutput: false,
  positionals: [router, subnetOrPort],
  async run({ positionals }, { session, say }) {
    const id = await findIdOf(session, 'router', positionals.router!);
    const body = await interfaceBody(session, positionals.interface!);
    await put(session, `routers/${id}/remove_router_interface`, body);
    say(`Removed interface from router ${positionals.router!}.`);
    return undefined;
  },
};

const gatewaySet: Command = {
  name: 'router-gateway-set',
  help: 'Set the external network gateway for a router.',
  hasOutput: false,
  positionals: [router, { name: 'external_network', help: 'ID or name of the external network' }],
  options: [
    { name: 'disable-snat', help: 'Do not translate sources to the gateway address', isSwitch: true },
    {
      name: 'fixed-ip',
      help: 'Address of the gateway on the external network; may be repeated',
      metavar: 'subnet_id=SUBNET,ip_address=IP_ADDR',
      many: true,
    },
  ],
  async run({ positionals, options }, { session, say }) {
    const id = await findIdOf(session, 'router', positionals.router!);
    const network_id = await findIdOf(session, 'network', positionals.external_network!);
    const fixed = ((options['fixed-ip'] as string[]) ?? []).map(parseDict);
    for (const address of fixed)
      if (address.subnet_id !== undefined)
        address.subnet_id = await findIdOf(session, 'subnet', address.subnet_id);
    const external_gateway_info = {
      network_id,
      ...(options['disable-snat'] !== undefined && { enable_snat: false }),
      ...(fixed.length > 0 && { external_fixed_ips: fixed }),
    };
    await put(session, `routers/${id}`, { router: { external_gateway_info } });
    say(`Set gateway for router ${positionals.router!}`);
    return undefined;
  },
};

const gatewayClear: Command = {
  name: 'router-gateway-clear',
  help: 'Remove an external network gateway from a router.',
  hasOutput: false,
  // an external network after the router's name was needed once and is still typed
  positionals: [router, { name: 'external_network', help: 'Not needed any more', optional: true }],
  async run({ positionals }, { session, say }) {
    const id = await findIdOf(session, 'router', positionals.router!);
    await put(session, `routers/${id}`, { router: { external_gateway_info: {} } });
    say(`Removed gateway from router ${positionals.router!}`);
    return undefined;
  },
};

const portList: Command = {
  name: 'router-port-list',
  help: 'List ports that belong to a given tenant, with specified router.',
  takesAttributes: true,
  positionals: [router],
  async run(input, { session }) {
    const device_id = await findIdOf(session, 'router', input.positionals.router!);
    return listWith(session, findResourceNamed('port'), input, { device_id });
  },
};

const address: PositionalSpec = { name: 'floatingip', help: 'ID or address of the floating IP' };

/** A floating IP has no name; its address is the next best. */
async function floatingipId(session: Session, given: string): Promise<string> {
  if (!/^[\d.]+$/.test(given)) return findIdOf(session, 'floatingip', given);
  const { body } = await session.request<{ floatingips: { id: string }[] }>('network', {
    method: 'GET',
    path: '/v2.0/floatingips',
    query: { floating_ip_address: given, fields: 'id' },
  });
  if (body.floatingips[0] === undefined) throw new Error(`Unable to find floatingip with address '${given}'`);
  return body.floatingips[0].id;
}

const associate: Command = {
  name: 'floatingip-associate',
  help: 'Create a mapping between a floating IP and a fixed IP.',
  hasOutput: false,
  positionals: [address, { name: 'port', help: 'ID or name of the port to be associated' }],
  options: [{ name: 'fixed-ip-address', help: "Which of the port's addresses, if it has several" }],
  async run({ positionals, options }, { session, say }) {
    const id = await floatingipId(session, positionals.floatingip!);
    const port_id = await findIdOf(session, 'port', positionals.port!);
    const fixed = options['fixed-ip-address'];
    const floatingip = { port_id, ...(fixed !== undefined && { fixed_ip_address: fixed }) };
    await put(session, `floatingips/${id}`, { floatingip });
    say(`Associated floating IP ${positionals.floatingip!}`);
    return undefined;
  },
};

const disassociate: Command = {
  name: 'floatingip-disassociate',
  help: 'Remove a mapping from a floating IP to a fixed IP.',
  hasOutput: false,
  positionals: [address],
  async run({ positionals }, { session, say }) {
    const id = await floatingipId(session, positionals.floatingip!);
    await put(session, `floatingips/${id}`, { floatingip: { port_id: null } });
    say(`Disassociated floating IP ${positionals.floatingip!}`);
    return undefined;
  },
};

export const routerCommands: readonly Command[] = [
  interfaceAdd,
  interfaceDelete,
  gatewaySet,
  gatewayClear,
  portList,
  associate,
  disassociate,
];
