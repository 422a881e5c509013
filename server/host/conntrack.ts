// Connection tracking: forgetting connections whose translation is no longer wanted.
import { inNetns } from './netns.ts';
import { run } from './run.ts';

/** Forgets connections opened to `address` and those answered from it (translated to it). None is no error. */
export async function forgetConnections(address: string, ns?: string): Promise<void> {
  for (const match of ['--orig-dst', '--reply-dst'])
    await run(inNetns(ns, ['conntrack', '-D', '-f', 'ipv4', match, address]), {
      okCodes: [0, 1], // 1: nothing matched
      timeoutMs: 10_000,
    });
}
