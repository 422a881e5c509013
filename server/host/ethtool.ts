// Offloads of a device. On the OVS userspace datapath a veth must compute its checksums itself, or TCP never gets through.
import { inNetns } from './netns.ts';
import { run } from './run.ts';

/** True where the device leaves the transmit checksum to whoever comes next. */
export async function readTxOffload(dev: string, ns?: string): Promise<boolean> {
  return parseTxOffload((await run(inNetns(ns, ['ethtool', '-k', dev]))).stdout);
}

/** Reads `tx-checksumming` from what `ethtool -k` prints. */
export const parseTxOffload = (features: string): boolean => /^tx-checksumming: on/m.test(features);

/** Switches transmit checksum offload off (and with it segmentation offload, which needs it). */
export async function disableTxOffload(dev: string, ns?: string): Promise<void> {
  await run(inNetns(ns, ['ethtool', '-K', dev, 'tx', 'off']));
}
