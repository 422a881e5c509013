// Questions of layer 2 agents to the server.
import { expect, it } from 'vitest';
import { createAsk } from '../../../../server/cloud/agents/l2/ask.ts';
import type { CallOptions } from '../../../../server/cloud/rpc/rpc.ts';

function fakeRpc() {
  const rpc = {
    isUp: true,
    calls: [] as { method: string; timeoutMs: number | undefined }[],
    answer: async (): Promise<unknown> => 'yes',
    connected: () => (rpc.isUp ? Promise.resolve() : new Promise<void>(() => undefined)),
    call: async <Result>(_topic: string, method: string, _args: object, options?: CallOptions) => {
      rpc.calls.push({ method, timeoutMs: options?.timeoutMs });
      return (await rpc.answer()) as Result;
    },
  };
  return rpc;
}

it('while the message queue is away nothing is asked, and what is asked afterwards is answered', async () => {
  const rpc = fakeRpc();
  const ask = createAsk(rpc, { usual: 20, afterFailure: 5 });
  rpc.isUp = false;
  await expect(ask('tunnel_sync', {})).rejects.toThrow('The message queue is away');
  expect(rpc.calls).toEqual([]);
  rpc.isUp = true;
  expect(await ask('tunnel_sync', {})).toBe('yes');
});

it('a server that did not answer is waited for less until it answers', async () => {
  const rpc = fakeRpc();
  const ask = createAsk(rpc);
  rpc.answer = () => Promise.reject(new Error('no answer'));
  await expect(ask('a', {})).rejects.toThrow('no answer');
  rpc.answer = async () => 'yes';
  await ask('b', {});
  await ask('c', {});
  expect(rpc.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([15_000, 3_000, 15_000]);
});
