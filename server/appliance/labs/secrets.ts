// The secrets of one lab: made when it starts, kept only in its nodes' configuration files.
import { createHash, randomBytes } from 'node:crypto';

const secret = () => randomBytes(12).toString('hex');

/** RabbitMQ's form of a password in a definitions file: four random bytes, then SHA-256 of these and the password. */
export function brokerHash(password: string, salt: Buffer = randomBytes(4)): string {
  const digest = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

/** Values of the `@NAME@` marks in configuration templates. */
export function makeSecrets(): Record<string, string> {
  const RABBIT_PASS = secret();
  return {
    RABBIT_PASS,
    RABBIT_HASH: brokerHash(RABBIT_PASS),
    ADMIN_PASS: secret(),
    DEMO_PASS: secret(),
    NEUTRON_PASS: secret(),
    NOVA_PASS: secret(),
    GLANCE_PASS: secret(),
    METADATA_SECRET: secret(),
  };
}
