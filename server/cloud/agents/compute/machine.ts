// What this host is as a machine: the figures of its signs of life.
import { lookup } from 'node:dns/promises';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { run } from '../../../host/run.ts';
import type { ServiceReport } from '../../model/instance.ts';
import type { Settings } from './settings.ts';

type Machine = Omit<ServiceReport, 'host' | 'binary' | 'zone'>;

/** What cannot be found out is '' or 0. */
export async function readMachine({ host, instancesPath }: Settings): Promise<Machine> {
  const [address, disk] = await Promise.all([
    lookup(host, 4).catch(() => undefined),
    statfs(instancesPath).catch(() => undefined),
  ]);
  const gigabytes = (blocks: number | undefined) =>
    Math.floor(((blocks ?? 0) * (disk?.bsize ?? 0)) / 2 ** 30);
  return {
    host_ip: address?.address ?? '',
    memory_mb: Math.round(totalmem() / 2 ** 20),
    vcpus: availableParallelism(),
    local_gb: gigabytes(disk?.blocks),
    disk_available_gb: gigabytes(disk?.bavail),
  };
}

/** As `uptime` tells it: time, how long it runs, load. */
export const readUptime = async (): Promise<string> => (await run(['uptime'])).stdout.trimEnd();
