// A real MariaDB in a container of its own, whose server can be killed and comes back with what it had.
import { join } from 'node:path';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';

/** Of the test container only; with what a URL has to quote. */
const password = 'db p@ss/word:1';

export interface Mariadb {
  /** `mysql://user:password@host:port/`, without a database. */
  url: string;
  container: StartedTestContainer;
  /** Kills the server as `kill -9` does; it comes back by itself, or with `letBack` when `hold` is asked for. */
  kill(options?: { hold?: boolean }): Promise<void>;
  letBack(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Builds the image when needed and starts a server; `await using` removes it. */
export async function startMariadb(): Promise<Mariadb> {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const folder = join(import.meta.dirname, 'mariadb');
  const image = await GenericContainer.fromDockerfile(folder).build('patchbay-test/mariadb:latest', {
    deleteOnExit: false,
  });
  const container = await image
    .withExposedPorts(3306)
    .withLabels({ 'patchbay.test': 'mariadb' })
    .withTmpFs({ '/data': 'rw,size=1500m' })
    .withWaitStrategy(Wait.forLogMessage(/ready for connections/))
    .start();
  const run = async (...argv: string[]) => {
    const { output, exitCode } = await container.exec(argv);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${output}`);
    return output;
  };
  return {
    url: `mysql://patchbay:${encodeURIComponent(password)}@${container.getHost()}:${container.getMappedPort(3306)}/`,
    container,
    async kill({ hold = false } = {}) {
      if (hold) await run('touch', '/hold');
      await run('sh', '-c', 'kill -9 $(pidof mariadbd)');
    },
    async letBack() {
      await run('rm', '-f', '/hold');
    },
    async [Symbol.asyncDispose]() {
      await container.stop();
    },
  };
}
