// Identity and Networking in this process, and the commands of a node run against them line by line.
import { createIdentityApp, openIdentity, validateIn } from '../../server/cloud/identity/app.ts';
import { endpoints } from '../../server/cloud/identity/tables.ts';
import { keystone } from '../../server/cloud/client/keystone.ts';
import { neutron } from '../../server/cloud/client/neutron.ts';
import { runProgram } from '../../server/cloud/client/command/program.ts';
import { listen } from '../../server/lib/http.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { passwords } from './identity.ts';
import { networkingServer, type NetworkingServer } from './networking.ts';

const programs = { neutron, keystone };

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface CommandLine {
  networking: NetworkingServer;
  environment: Record<string, string>;
  /** Runs `neutron net-list -c id` as `admin`; words are split at blanks, quotes keep them together. */
  run(line: string, environment?: Record<string, string | undefined>): Promise<Ran>;
  /** The same, expecting success; the output without its last line end. */
  ok(line: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function commandLine(): Promise<CommandLine> {
  const bootstrap = { region: 'RegionOne', endpoint_host: 'controller', ...passwords };
  const identity = await openIdentity({ connection: 'sqlite://', tokenSeconds: 3600, bootstrap });
  const networking = await networkingServer({ validate: validateIn(identity) });
  const options = { host: '127.0.0.1', port: 0, log: silentLogger };
  const listening = await listen(createIdentityApp(identity, silentLogger), options);
  const rows = await identity.store.read.all(endpoints);
  for (const { id, url } of rows)
    if (url.endsWith(':9696')) await identity.store.read.update(endpoints, { id }, { url: networking.url });
  const environment = {
    OS_USERNAME: 'admin',
    OS_PASSWORD: passwords.admin_password,
    OS_TENANT_NAME: 'admin',
    OS_AUTH_URL: `${listening.url}/v2.0`,
  };
  const run: CommandLine['run'] = async (line, more = {}) => {
    const [name, ...words] = wordsOf(line);
    const written = { out: '', err: '' };
    const code = await runProgram(programs[name as keyof typeof programs], words, {
      environment: { ...environment, ...more },
      stdout: (text) => void (written.out += text),
      stderr: (text) => void (written.err += text),
    });
    return { code, ...written };
  };
  return {
    networking,
    environment,
    run,
    async ok(line) {
      const { code, out, err } = await run(line);
      if (code !== 0) throw new Error(`${line}: ${err}`);
      return out.replace(/\n$/, '');
    },
    async [Symbol.asyncDispose]() {
      await listening.close();
      await networking[Symbol.asyncDispose]();
      await identity.store.close();
    },
  };
}

const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
