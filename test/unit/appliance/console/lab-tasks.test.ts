// One thing at a time is done to a lab; what was asked for last is what is done.
import { expect, it } from 'vitest';
import { createLabTasks } from '../../../../server/appliance/console/lab-tasks.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

function recorded() {
  const said: string[] = [];
  const idle = Promise.withResolvers<void>();
  const tasks = createLabTasks(
    (id) => {
      said.push(`${id} is idle`);
      idle.resolve();
    },
    { error: (message) => said.push(message) },
  );
  /** A task that says when it begins and ends, and takes a while to end when it is aborted. */
  const task = (name: string) => async (signal: AbortSignal) => {
    said.push(`${name} begins`);
    await untilAborted(signal);
    await new Promise(setImmediate);
    said.push(`${name} ends: ${(signal.reason as Error).message}`);
    throw signal.reason;
  };
  return { said, tasks, task, idle: idle.promise };
}

it('ends the one that runs, then begins the newest; those between never begin', async () => {
  const { said, tasks, task, idle } = recorded();
  tasks.run('lab', task('start'), 'begin');
  await new Promise(setImmediate);
  tasks.run('lab', task('bring'), 'brought');
  tasks.run('lab', () => Promise.resolve(void said.push('end')), 'ended');
  expect(tasks.isBusy('lab')).toBe(true);
  await idle;
  expect(said).toEqual(['start begins', 'start ends: brought', 'end', 'lab is idle']);
  expect(tasks.isBusy('lab')).toBe(false);
});

it('does things to two labs side by side, and ends all when it closes', async () => {
  const { said, tasks, task } = recorded();
  tasks.run('one', task('one'), '');
  tasks.run('two', task('two'), '');
  await new Promise(setImmediate);
  await tasks.close('stopping');
  expect(said).toEqual(['one begins', 'two begins', 'one ends: stopping', 'two ends: stopping']);
  expect(() => tasks.run('one', task('one'), '')).toThrow('stopping');
});

it('logs what a task did not tell itself', async () => {
  const { said, tasks, idle } = recorded();
  tasks.run('lab', () => Promise.reject(new Error('the engine is gone')), '');
  await idle;
  expect(said).toEqual(['Lab lab: the engine is gone', 'lab is idle']);
});
