// What the node's own settings were before a router without a namespace changed them, to be restored when it goes.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setSysctls } from '../../../host/sysctl.ts';
import { readText } from '../namespace-daemon.ts';
import type { L3Config } from './target.ts';

export type Settings = Record<string, string>;

const fileOf = (config: L3Config) => `${config.state_path}/settings-before-router.json`;

/** Undefined: the node has its own settings. */
export function readKeptSettings(config: L3Config): Settings | undefined {
  const text = readText(fileOf(config));
  return text === undefined ? undefined : (JSON.parse(text) as Settings);
}

export function keepSettings(config: L3Config, settings: Settings): void {
  mkdirSync(config.state_path, { recursive: true });
  writeFileSync(fileOf(config), JSON.stringify(settings));
}

export async function restoreSettings(config: L3Config, settings: Settings): Promise<void> {
  await setSysctls(settings);
  rmSync(fileOf(config), { force: true });
}
