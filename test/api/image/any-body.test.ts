// Whatever a client sends to Image: an answer in the API's form, and what is refused changes nothing.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { images } from '../../../server/cloud/image/tables.ts';
import { seed, spoilt } from '../../support/generated-bodies.ts';
import type { Answer } from '../../support/identity.ts';
import { startImages, type RunningImages } from '../../support/image.ts';

let running: RunningImages;
beforeAll(async () => {
  running = await startImages();
});
afterAll(() => running.close());

function checkRefusal({ status, headers, body }: Answer, asked: string): void {
  expect([400, 401, 403, 404, 409], asked).toContain(status);
  expect(headers.get('content-type'), asked).toMatch(/^application\/json/);
  expect(body, asked).toEqual({
    error: { code: status, title: expect.any(String), message: expect.stringMatching(/./) },
  });
}

const stored = async () => JSON.stringify(await running.service.store.read.all(images));
const caller = fc.constantFrom('one', 'one', 'one', 'two', 'admin');

const goodImage = {
  ...{ name: 'a', visibility: 'private', disk_format: 'raw', container_format: 'bare', owner: 'one' },
  ...{ min_disk: 1, min_ram: 64, protected: false, os_hidden: false, tags: ['a', 'b'], os_distro: 'debian' },
};
const goodPatch = [
  { op: 'replace', path: '/name', value: 'b' },
  { op: 'add', path: '/os_distro', value: 'debian' },
  { op: 'replace', path: '/min_ram', value: 128 },
  { op: 'replace', path: '/tags', value: ['c'] },
  { op: 'remove', path: '/os_distro' },
];

it(`any body, by anybody (seed ${seed})`, { timeout: 120_000 }, async () => {
  const { id } = (await running.ask('POST', '/v2/images', { body: goodImage })).body;
  const step = fc.oneof(
    fc.record({
      verb: fc.constant('POST'),
      path: fc.constant('/v2/images'),
      body: spoilt(goodImage),
      token: caller,
    }),
    fc.record({
      verb: fc.constant('PATCH'),
      path: fc.constant(`/v2/images/${id}`),
      body: spoilt(goodPatch),
      token: caller,
    }),
  );
  let before = await stored();
  const answers = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(step, async ({ verb, path, body, token }) => {
      const answer = await running.ask(verb, path, { token, body });
      const asked = JSON.stringify({ verb, path, body, token, status: answer.status, answer: answer.body });
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      if (answer.status >= 400) {
        checkRefusal(answer, asked);
        expect(await stored(), asked).toBe(before);
      }
      before = await stored();
    }),
    { numRuns: 800, seed, endOnFailure: true },
  );
  for (const status of [200, 201, 400, 403, 404])
    expect(answers.get(status) ?? 0, String(status)).toBeGreaterThan(1);
});

it(`any name of an attribute (seed ${seed})`, async () => {
  const odd = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'x'.repeat(300));
  await fc.assert(
    fc.asyncProperty(fc.oneof(odd, fc.string()), fc.jsonValue(), async (name, value) => {
      const body = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`) as unknown;
      const answer = await running.ask('POST', '/v2/images', { body });
      const asked = JSON.stringify({ body, status: answer.status, answer: answer.body });
      if (answer.status !== 201) checkRefusal(answer, asked);
      else if (name !== 'id') expect(answer.body[name], asked).toEqual(value);
    }),
    { numRuns: 300, seed, endOnFailure: true },
  );
});

it(`any query (seed ${seed})`, async () => {
  const key = fc.constantFrom(
    ...['name', 'status', 'visibility', 'owner', 'id', 'tag', 'os_hidden', 'limit', 'marker'],
    ...['sort_key', 'sort_dir', 'sort', 'size_min', 'created_at', 'member_status', '__proto__', 'a[b]', ''],
  );
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('', '0', '2', '-1', 'a', 'asc', 'name', 'private', 'in:a,b'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(key, value), { maxLength: 4 }), caller, async (pairs, token) => {
      const query = new URLSearchParams(pairs);
      const answer = await running.ask('GET', `/v2/images?${query}`, { token });
      const asked = JSON.stringify({ query: String(query), status: answer.status, answer: answer.body });
      if (answer.status === 200) expect(answer.body.images, asked).toBeInstanceOf(Array);
      else checkRefusal(answer, asked);
    }),
    { numRuns: 400, seed, endOnFailure: true },
  );
});
