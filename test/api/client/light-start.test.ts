import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));

/** The parts of Node that a command has loaded when it ends. */
async function loadedBy(command: string): Promise<string[]> {
  const script = `
    process.on('exit', () => console.error(JSON.stringify(process.moduleLoadList)));
    process.argv = [process.execPath, 'main', ${JSON.stringify(command)}, 'help'];
    await import(${JSON.stringify(program)});`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--input-type=module', '-e', script],
    { timeout: 20_000, env: {} },
  );
  expect(stdout).toContain(command);
  return JSON.parse(stderr.trim().split('\n').at(-1)!);
}

it.each(['neutron', 'nova', 'keystone'])(
  '%s speaks HTTP without loading what only fetch needs',
  async (command) => {
    const loaded = await loadedBy(command);
    expect(loaded).toContain('NativeModule _http_client');
    for (const heavy of ['internal/deps/undici/undici', 'http2', 'tls'])
      expect(loaded).not.toContain(`NativeModule ${heavy}`);
  },
);
