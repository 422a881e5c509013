// Finding the instance behind a request, the pages for failures, the proxy's configuration.
import { expect, it } from 'vitest';
import { errorPage } from '../../../../server/cloud/agents/metadata/answers.ts';
import { instanceFinder, type GetPorts } from '../../../../server/cloud/agents/metadata/find-instance.ts';
import { signInstanceId } from '../../../../server/cloud/agents/metadata/forward.ts';
import { renderMetadataProxy } from '../../../../server/cloud/agents/metadata-proxy-file.ts';

const fixed_ips = [{ subnet_id: 's', ip_address: '10.0.0.5' }];
const guest = { device_id: 'vm', device_owner: 'compute:nova', network_id: 'n1', tenant_id: 't', fixed_ips };
const uplink = { ...guest, device_id: 'r1', device_owner: 'network:router_interface', fixed_ips: [] };

/** A server that holds `ports`, and how often it was asked. */
function serverWith(ports: Awaited<ReturnType<GetPorts>>) {
  const asked: Record<string, unknown>[] = [];
  const find = instanceFinder((filters) => {
    asked.push(filters);
    const { network_id, device_id } = filters as Record<string, string[] | undefined>;
    return Promise.resolve(
      ports.filter(
        (port) =>
          (network_id?.includes(port.network_id) ?? true) && (device_id?.includes(port.device_id) ?? true),
      ),
    );
  });
  return { find, asked };
}

it('an address is found on the network, and on the networks of a router', async () => {
  const { find } = serverWith([guest, uplink]);
  const instance = { id: 'vm', tenantId: 't' };
  expect(await find({ address: '10.0.0.5', networkId: 'n1' })).toEqual(instance);
  expect(await find({ address: '10.0.0.5', routerId: 'r1' })).toEqual(instance);
  expect(await find({ address: '10.0.0.5', routerId: 'r2' })).toBeUndefined();
  expect(await find({ address: '10.0.0.6', networkId: 'n1' })).toBeUndefined();
});

it('an address that two instances have belongs to none', async () => {
  const { find } = serverWith([guest, { ...guest, device_id: 'other' }]);
  expect(await find({ address: '10.0.0.5', networkId: 'n1' })).toBeUndefined();
});

it('a burst of questions asks the server once, an unknown address each time', async () => {
  const { find, asked } = serverWith([guest]);
  const asker = { address: '10.0.0.5', networkId: 'n1' };
  await Promise.all([find(asker), find(asker)]);
  await find(asker);
  expect(asked).toEqual([{ network_id: ['n1'], fixed_ips: { ip_address: ['10.0.0.5'] } }]);
  await find({ ...asker, address: '10.0.0.6' });
  await find({ ...asker, address: '10.0.0.6' });
  expect(asked).toHaveLength(3);
});

it('the page for an unexpected failure is the one that instances have always got', () => {
  const page = errorPage(500, '*/*');
  expect(page.body).toHaveLength(207);
  expect(page.body).toContain('An unknown error has occurred. Please try your request again.');
  expect(errorPage(418, undefined).status).toBe(500);
  expect(errorPage(404, 'text/plain').body).toMatch(/^404 Not Found\n\nThe resource could not be found\.\n/);
});

it('the signature is the HMAC of the instance id', () => {
  expect(signInstanceId('key', 'The quick brown fox jumps over the lazy dog')).toBe(
    'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  );
});

it('the proxy names where a request comes from and deletes the other claim', () => {
  const common = {
    socket: '/var/lib/neutron/metadata_proxy',
    user: 'neutron',
    group: 'neutron',
    pidFile: '/p',
  };
  const router = renderMetadataProxy({ ...common, id: 'fa96af8c', kind: 'router', bind: '0.0.0.0:9697' });
  expect(router.split('listen listener\n')[1]).toBe(`\
    bind 0.0.0.0:9697

    server metadata /var/lib/neutron/metadata_proxy
    http-request del-header X-Neutron-Network-ID
    http-request set-header X-Neutron-Router-ID fa96af8c
`);
  const network = renderMetadataProxy({ ...common, id: 'n', kind: 'network', bind: '169.254.169.254:80' });
  expect(network).toContain(
    'del-header X-Neutron-Router-ID\n    http-request set-header X-Neutron-Network-ID n\n',
  );
});
