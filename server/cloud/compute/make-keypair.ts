// Key pairs for SSH: making one, and reading the public half of one in OpenSSH's form. No I/O.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { badRequest } from './failure.ts';

export interface MadeKeypair {
  public_key: string;
  /** PEM that every SSH client reads: `BEGIN EC PRIVATE KEY`, never PKCS#8. */
  private_key: string;
  fingerprint: string;
}

const curve = 'nistp256';

/** A new ECDSA pair; the private half is not kept by anybody here. */
export function makeKeypair(comment: string): MadeKeypair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  const type = `ecdsa-sha2-${curve}`;
  const blob = Buffer.concat([type, curve, point].map(sshString));
  return {
    public_key: `${type} ${blob.toString('base64')} ${comment}`,
    private_key: privateKey.export({ format: 'pem', type: 'sec1' }) as string,
    fingerprint: md5Fingerprint(blob),
  };
}

/** SSH's wire form of a string: its length, its bytes. */
function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const md5Fingerprint = (blob: Buffer) => createHash('md5').update(blob).digest('hex').match(/../g)!.join(':');

/** The fingerprint of a public key a user brought; throws 400 for what is none. */
export function fingerprintOf(publicKey: string): string {
  const [type = '', base64 = ''] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(base64, 'base64');
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  // The blob repeats its type; anything else is not a key.
  if (length === 0 || length > 64 || blob.subarray(4, 4 + length).toString() !== type)
    throw badRequest('Keypair data is invalid: failed to generate fingerprint');
  return md5Fingerprint(blob);
}
