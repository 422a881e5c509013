import { expect, it } from 'vitest';
import { adminContext } from '../../../../server/cloud/model/context.ts';
import { createAnswers } from '../../../../server/cloud/rpc/answers.ts';
import {
  contextKeys,
  osloTime,
  pack,
  readContext,
  requestBody,
  unpack,
} from '../../../../server/cloud/rpc/envelope.ts';
import { parseTransportUrl } from '../../../../server/cloud/rpc/transport-url.ts';
import { silentLogger } from '../../../../server/lib/log.ts';

const context = {
  request_id: 'req-1',
  user_id: 'u',
  user_name: 'demo',
  project_id: 'p',
  project_name: 'demo',
  roles: ['member'],
  is_admin: false,
};

it('wraps a body as a string within JSON', () => {
  expect(JSON.parse(pack({ a: 1 }).toString())).toEqual({ 'oslo.version': '2.0', 'oslo.message': '{"a":1}' });
  expect(unpack(pack({ a: 'ü' }))).toEqual({ a: 'ü' });
});

it('carries the context as flat keys', () => {
  expect(contextKeys(context)).toMatchObject({ _context_tenant_id: 'p', _context_is_admin: false });
  expect(readContext(contextKeys(context))).toEqual(context);
});

it('writes times with a blank, as oslo does', () => {
  expect(osloTime(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)))).toBe('2026-01-02 03:04:05.006000');
});

it('marks calls by a message id and a reply queue', () => {
  const request = { method: 'm', args: {}, version: '1.0', context };
  expect(requestBody(request)).not.toHaveProperty('_msg_id');
  expect(requestBody(request, 'reply_x')).toMatchObject({
    method: 'm',
    version: '1.0',
    _reply_q: 'reply_x',
    _timeout: null,
    _msg_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
  });
});

it('works on a repeated request once and gives the same outcome', async () => {
  let runs = 0;
  const answer = createAnswers({ count: () => ++runs }, silentLogger);
  const request = { method: 'count', args: {}, version: '1.0', context: adminContext() };
  const call = requestBody(request, 'reply_x');
  const [first, second] = [await answer(call), await answer(call)];
  expect([first?.reply.result, second?.reply.result]).toEqual([1, 1]);
  const cast = requestBody(request);
  expect([await answer(cast), await answer(cast), runs]).toEqual([undefined, undefined, 2]);
});

it('reads transport URLs with one or several brokers', () => {
  expect(parseTransportUrl('rabbit://openstack:p%40ss@controller:5672/')).toEqual([
    { hostname: 'controller', port: 5672, username: 'openstack', password: 'p@ss', vhost: '/' },
  ]);
  expect(parseTransportUrl('rabbit://a:b@one,a:b@two:5673/lab')).toMatchObject([
    { hostname: 'one', port: 5672, vhost: 'lab' },
    { hostname: 'two', port: 5673, vhost: 'lab' },
  ]);
  expect(() => parseTransportUrl('http://secret@x')).toThrow(/option 'transport_url': expected rabbit:/);
});
