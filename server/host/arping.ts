// Gratuitous ARP: tells neighbours of a new or moved address.
import { inGuestNetns } from './guest-netns.ts';
import { inNetns } from './netns.ts';
import { run } from './run.ts';

export interface Announcement {
  dev: string;
  address: string;
  /** How many of each form are sent, a second apart. */
  count: number;
  ns?: string;
  /** Instead of `ns`: the file of an instance's namespace. */
  netns?: string;
  /** Where the address is new rather than moved one form is enough. */
  isNew?: boolean;
}

/** Sends the address as a request (-U) and as a reply (-A): neighbours differ in which one they believe. */
export async function announceAddress({
  dev,
  address,
  count,
  ns,
  netns,
  isNew = false,
}: Announcement): Promise<void> {
  if (count < 1) return;
  const within = (argv: string[]) => (netns === undefined ? inNetns(ns, argv) : inGuestNetns(netns, argv));
  await Promise.all(
    (isNew ? ['-U'] : ['-U', '-A']).map((form) =>
      run(within(['arping', form, '-I', dev, '-c', String(count), '-w', String(count + 1), address]), {
        timeoutMs: (count + 3) * 1000,
        okCodes: [0, 1], // 1: nobody answered, as nobody should
      }),
    ),
  );
}
