// Takes everything out of a cloud that the commands of the guide may have made, so that the next section finds none of it.
import type { CloudClient } from '../../bench/cloud-admin.ts';

interface Row {
  id: string;
  name?: string;
  device_owner?: string;
}

/** `admin` sees the networks of all projects. What belongs to services goes with what it serves. */
export async function sweep(admin: CloudClient): Promise<void> {
  const list = async (path: string) => {
    const answer = await admin.send<Record<string, Row[]>>('network', 'GET', `/v2.0/${path}`);
    return Object.values(answer)[0]!;
  };
  const drop = async (path: string, rows: Row[]) => {
    for (const { id } of rows) await admin.send('network', 'DELETE', `/v2.0/${path}/${id}`);
  };
  await drop('floatingips', await list('floatingips'));
  for (const { id } of await list('routers')) {
    const interfaces = (await list(`ports?device_id=${id}`)).filter((port) =>
      /^network:(ha_)?router_(replicated_)?interface(_distributed)?$/.test(port.device_owner ?? ''),
    );
    for (const { id: port_id } of interfaces)
      await admin.send('network', 'PUT', `/v2.0/routers/${id}/remove_router_interface`, { port_id });
    await admin.send('network', 'DELETE', `/v2.0/routers/${id}`);
  }
  const ports = await list('ports');
  await drop('ports', ports.filter(({ device_owner = '' }) => !device_owner.startsWith('network:'))); // prettier-ignore
  await drop('networks', await list('networks'));
  const groups = await list('security-groups');
  await drop('security-groups', groups.filter(({ name }) => name !== 'default')); // prettier-ignore
  await drop('metering/metering-labels', await list('metering/metering-labels'));
}
