// The file `state` of a highly available router: for people, and for the agent to notice that this host took over.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { L3Config } from '../target.ts';
import { haFolder, stateFile, type HaState } from './keepalived.ts';

/** Undefined: nothing is left of it. */
export function noteState(config: L3Config, routerId: string, state: HaState | undefined): void {
  if (state === undefined) {
    rmSync(haFolder(config, routerId), { recursive: true, force: true });
    return;
  }
  mkdirSync(haFolder(config, routerId), { recursive: true });
  writeFileSync(stateFile(config, routerId), state);
}
