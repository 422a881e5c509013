// Gratuitous ARP: tells neighbours of a new or moved address.
import { inNetns } from './netns.ts';
import { run } from './run.ts';

export interface Announcement {
  dev: string;
  address: string;
  /** How many of each form are sent, a second apart. */
  count: number;
  ns?: string;
  /** Where the address is new rather than moved one form is enough. */
  isNew?: boolean;
}

/** Sends the address as a request (-U) and as a reply (-A): neighbours differ in which one they believe. */
export async function announceAddress({
  dev,
  address,
  count,
  ns,
  isNew = false,
}: Announcement): Promise<void> {
  if (count < 1) return;
  await Promise.all(
    (isNew ? ['-U'] : ['-U', '-A']).map((form) =>
      run(inNetns(ns, ['arping', form, '-I', dev, '-c', String(count), '-w', String(count + 1), address]), {
        timeoutMs: (count + 3) * 1000,
        okCodes: [0, 1], // 1: nobody answered, as nobody should
      }),
    ),
  );
}
