import { expect, it } from 'vitest';
import { cookieValue, createSessions, oneTimeLink } from '../../../../server/appliance/http/sessions.ts';

const day = 86_400_000;

it('recognises its cookies after a restart with the same secret, and no others', () => {
  const secret = Buffer.alloc(32, 1);
  const before = createSessions(secret);
  const cookie = before.redeem(before.issueLink())!;
  expect(createSessions(secret).isValid(cookie)).toBe(true);
  expect(createSessions(Buffer.alloc(32, 2)).isValid(cookie)).toBe(false);
});

it('lets links and cookies grow old', () => {
  let now = 0;
  const sessions = createSessions(undefined, () => now);
  const late = sessions.issueLink();
  const cookie = sessions.redeem(sessions.issueLink())!;
  now = 0.6 * day;
  expect(sessions.redeem(late)).toBeUndefined();
  expect(sessions.isValid(cookie)).toBe(true);
  now = 7.1 * day;
  expect(sessions.isValid(cookie)).toBe(false);
});

it('accepts a link that another process issued with the same secret', () => {
  const secret = Buffer.alloc(32, 1);
  const sessions = createSessions(secret);
  const token = new URL(oneTimeLink('http://127.0.0.1:80', secret)).searchParams.get('token')!;
  expect(sessions.redeem(token)).toBeDefined();
  expect(sessions.redeem(token)).toBeUndefined();
});

it('refuses after a restart a link from before it, which may have been used', () => {
  let now = 0;
  const secret = Buffer.alloc(32, 1);
  const token = createSessions(secret, () => now).issueLink();
  now = 1;
  expect(createSessions(secret, () => now).redeem(token)).toBeUndefined();
});

it('takes no link for a cookie and no cookie for a link', () => {
  const sessions = createSessions();
  const token = sessions.issueLink();
  expect(sessions.isValid(token)).toBe(false);
  expect(sessions.redeem(sessions.redeem(token)!)).toBeUndefined();
});

it('finds its cookie among others', () => {
  expect(cookieValue('a=1; patchbay_80=x.y; patchbay_8080=z', 'patchbay_8080')).toBe('z');
  expect(cookieValue('patchbay_8080=z', 'patchbay_80')).toBeUndefined();
  expect(cookieValue(undefined, 'patchbay_80')).toBeUndefined();
});
