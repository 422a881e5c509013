// haproxy: starting one with a configuration file that says `daemon`.
import { inNetns } from './netns.ts';
import { run } from './run.ts';

/** Starts it inside a namespace; resolves once it listens (it puts itself into the background). */
export async function startHaproxy(configFile: string, ns?: string): Promise<void> {
  await run(inNetns(ns, ['haproxy', '-f', configFile]), { timeoutMs: 10_000 });
}
