// Configuration of an agent under test: a folder of its own for its files, options as in the agent's ini file.
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Config, type OptionSpecs } from '../../server/lib/config.ts';

/** [DEFAULT] with `options`; `state_path` is a new folder. */
export function agentConfig<S extends OptionSpecs>(
  specs: S,
  options: Record<string, string> = {},
): Config<{ DEFAULT: S }>['DEFAULT'] {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  chmodSync(folder, 0o755); // dnsmasq and haproxy give up being root and still read their files
  mkdirSync(join(folder, 'state'));
  const lines = Object.entries({ host: 'network', state_path: join(folder, 'state'), ...options });
  const file = join(folder, 'agent.ini');
  writeFileSync(file, ['[DEFAULT]', ...lines.map(([name, value]) => `${name} = ${value}`), ''].join('\n'));
  return loadConfig({ DEFAULT: specs }, ['--config-file', file]).DEFAULT;
}
