// A real RabbitMQ in a container of its own, for the tests of whatever talks over the message queue.
import { join } from 'node:path';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';

export interface Broker {
  /** transport_url of the default user. */
  url: string;
  container: StartedTestContainer;
  /** Runs rabbitmqctl and returns its output. */
  control(...args: string[]): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Builds the image when needed and starts a broker; `await using` removes it. */
export async function startRabbitmq(): Promise<Broker> {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const folder = join(import.meta.dirname, 'rabbitmq');
  const image = await GenericContainer.fromDockerfile(folder).build('patchbay-test/rabbitmq:latest', {
    deleteOnExit: false,
  });
  const container = await image
    .withExposedPorts(5672)
    .withLabels({ 'patchbay.test': 'rabbitmq' })
    .withWaitStrategy(Wait.forLogMessage(/completed with \d+ plugins|Starting broker.* completed/))
    .start();
  return {
    container,
    url: `rabbit://guest:guest@${container.getHost()}:${container.getMappedPort(5672)}/`,
    async control(...args) {
      const { output, exitCode } = await container.exec(['rabbitmqctl', '--quiet', ...args]);
      if (exitCode !== 0) throw new Error(`rabbitmqctl ${args.join(' ')}: ${output}`);
      return output;
    },
    async [Symbol.asyncDispose]() {
      await container.stop();
    },
  };
}
