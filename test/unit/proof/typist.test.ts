// Commands typed into a real shell on a real terminal.
import { expect, it } from 'vitest';
import { createPerformer } from '../../../server/appliance/proof/perform.ts';
import { createTypist } from '../../../server/appliance/proof/typist.ts';
import { localShell } from '../../support/local-shell.ts';

it('learns the exit code and the output of each command, and keeps the shell', async () => {
  const typist = createTypist(localShell());
  expect(await typist.type('word=hello', 5_000)).toMatchObject({ code: 0 });
  const said = await typist.type('echo $word \\\n  world', 5_000);
  expect(said.code).toBe(0);
  expect(said.output.split('\n')).toContain('hello world');
  expect(said.output).not.toContain('end-of');
  expect(await typist.type('(exit 7)', 5_000)).toMatchObject({ code: 7 });
  typist.close();
});

it('a command that does not end is given up', async () => {
  const typist = createTypist(localShell());
  const { code, output } = await typist.type('sleep 60', 300);
  expect(code).toBeUndefined();
  expect(output).toContain('not over after 0.3 s');
  typist.close();
});

it('a terminal that ends says so', async () => {
  const typist = createTypist(localShell());
  expect(await typist.type('exit 3', 5_000)).toMatchObject({
    code: undefined,
    output: expect.stringContaining('the shell ended'),
  });
});

it('a performer stops at the first command that fails and names it', async () => {
  const performer = createPerformer(async () => localShell());
  const at = (place: string, text: string, line: number) => ({ place, text, line });
  const failure = await performer.perform([
    at('controller', 'value=1', 1),
    at('network', 'test -z "$value"', 2),
    at('controller', 'test "$value" = 2', 3),
    at('controller', 'value=2', 4),
  ]);
  expect(failure).toMatchObject({ code: 1, command: { line: 3, place: 'controller' } });
  performer.close();
});

it('a performer that is closed while a terminal opens types nothing into it', async () => {
  const opening = Promise.withResolvers<void>();
  const shell = localShell();
  const typed: string[] = [];
  const ended = new Promise((resolve) => shell.onEnd(resolve));
  const performer = createPerformer(async () => {
    await opening.promise;
    return { ...shell, write: (data: string | Buffer) => void typed.push(String(data)) };
  });
  const performed = performer.perform([{ place: 'controller', text: 'true', line: 1 }]);
  performer.close();
  opening.resolve();
  await expect(performed).rejects.toThrow('The terminals were closed before controller had one');
  await ended;
  expect(typed).toEqual([]);
});
