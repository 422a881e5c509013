import { expect, it } from 'vitest';
import { isLearnerName } from '../../../../server/appliance/http/learners.ts';
import { cookieValue, createSessions, oneTimeLink } from '../../../../server/appliance/http/sessions.ts';

const day = 86_400_000;

it('recognises its cookies after a restart with the same secret, and no others', () => {
  const secret = Buffer.alloc(32, 1);
  const before = createSessions(secret);
  const cookie = before.redeem(before.issueLink('anna'))!;
  expect(createSessions(secret).learnerOf(cookie)).toBe('anna');
  expect(createSessions(Buffer.alloc(32, 2)).learnerOf(cookie)).toBeUndefined();
});

it('lets links and cookies grow old', () => {
  let now = 0;
  const sessions = createSessions(undefined, () => now);
  const late = sessions.issueLink('anna');
  const cookie = sessions.redeem(sessions.issueLink('anna'))!;
  now = 0.6 * day;
  expect(sessions.redeem(late)).toBeUndefined();
  expect(sessions.learnerOf(cookie)).toBe('anna');
  now = 7.1 * day;
  expect(sessions.learnerOf(cookie)).toBeUndefined();
});

it('accepts a link that another process issued with the same secret', () => {
  const secret = Buffer.alloc(32, 1);
  const sessions = createSessions(secret);
  const token = new URL(oneTimeLink('http://127.0.0.1:80', secret, 'ben')).searchParams.get('token')!;
  expect(sessions.learnerOf(sessions.redeem(token)!)).toBe('ben');
  expect(sessions.redeem(token)).toBeUndefined();
});

it('refuses after a restart a link from before it, which may have been used', () => {
  let now = 0;
  const secret = Buffer.alloc(32, 1);
  const token = createSessions(secret, () => now).issueLink('anna');
  now = 1;
  expect(createSessions(secret, () => now).redeem(token)).toBeUndefined();
});

it('takes no link for a cookie and no cookie for a link', () => {
  const sessions = createSessions();
  const token = sessions.issueLink('anna');
  expect(sessions.learnerOf(token)).toBeUndefined();
  expect(sessions.redeem(sessions.redeem(token)!)).toBeUndefined();
});

it('finds its cookie among others', () => {
  expect(cookieValue('a=1; patchbay_80=x.y; patchbay_8080=z', 'patchbay_8080')).toBe('z');
  expect(cookieValue('patchbay_8080=z', 'patchbay_80')).toBeUndefined();
  expect(cookieValue(undefined, 'patchbay_80')).toBeUndefined();
});

it('signs the name: a link for one learner is none for another', () => {
  const sessions = createSessions();
  const token = sessions.issueLink('anna');
  expect(sessions.redeem(token.replace('.anna.', '.local.'))).toBeUndefined();
  const cookie = sessions.redeem(token)!;
  expect(sessions.learnerOf(cookie.replace('.anna.', '.ben.'))).toBeUndefined();
  expect(sessions.learnerOf(cookie.replace('.anna.', '.'))).toBeUndefined();
});

it('takes for a name only what fits into links and logs', () => {
  for (const good of ['a', 'anna', 'team-1', '7_up']) expect(isLearnerName(good)).toBe(true);
  for (const bad of ['', 'Anna', 'a.b', '-a', 'a b', 'ä', 'a'.repeat(41), '../a', 'a\n'])
    expect(isLearnerName(bad)).toBe(false);
});
