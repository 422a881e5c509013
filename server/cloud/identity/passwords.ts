// Passwords: kept as salted scrypt hashes; one that was right a moment ago is recognised without the slow hash.
import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const keyBytes = 32;
const cost = { N: 16_384, r: 8, p: 1 };
const mostRemembered = 500;

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, cost, (error, key) => (error === null ? resolve(key) : reject(error)));
  });

/** `scrypt$<salt>$<key>`, both base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64')}$${(await derive(password, salt)).toString('base64')}`;
}

/** Compares passwords with hashes. */
export type VerifyPassword = (password: string, hash: string | null) => Promise<boolean>;

/** A verifier that remembers, in this process only and under a key of its own, which password fitted which hash. */
export function createPasswordVerifier(): VerifyPassword {
  const secret = randomBytes(32);
  const fitting = new Map<string, Buffer>();
  return async (password, hash) => {
    // a user without a password costs the same time as one with a wrong password
    const [, salt, key] = (hash ?? 'scrypt$AAAAAAAAAAAAAAAAAAAAAA==$').split('$');
    const print = createHmac('sha256', secret).update(password).digest();
    const known = hash === null ? undefined : fitting.get(hash);
    if (known !== undefined && timingSafeEqual(known, print)) return true;
    const wanted = Buffer.from(key!, 'base64');
    const derived = await derive(password, Buffer.from(salt!, 'base64'));
    if (hash === null || wanted.length !== derived.length || !timingSafeEqual(wanted, derived)) return false;
    if (fitting.size >= mostRemembered) fitting.clear();
    fitting.set(hash, print);
    return true;
  };
}
