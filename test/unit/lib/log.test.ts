import { mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogger, formatLine } from '../../../server/lib/log.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'log-'));

it('writes lines in the format of the logging options', () => {
  const time = new Date(2026, 0, 31, 12, 5, 9, 7);
  const line = { time, level: 'INFO', source: 'neutron', message: 'up', context: undefined } as const;
  const format = '%(asctime)s %(levelname)8s [%(name)s] %(message)s';
  expect(formatLine({ ...line, format, dateFormat: '%Y-%m-%d %H:%M:%S' })).toBe(
    '2026-01-31 12:05:09     INFO [neutron] up',
  );
  expect(formatLine({ ...line, format: '%(levelname)-6s|%(msecs)03d', dateFormat: '' })).toBe('INFO  |007');
});

it.each([
  [{}, ['WARNING', 'ERROR']],
  [{ verbose: true }, ['INFO', 'WARNING', 'ERROR']],
  [{ debug: true }, ['DEBUG', 'INFO', 'WARNING', 'ERROR']],
])('with %j shows %j', (options, shown) => {
  const log_dir = folder();
  const log = createLogger({ ...options, log_dir, log_format: '%(levelname)s' }, 'agent');
  log.debug('a');
  log.info('b');
  log.warning('c');
  log.error('d');
  expect(readFileSync(join(log_dir, 'agent.log'), 'utf8').trim().split('\n')).toEqual(shown);
});

it('names children and the request', () => {
  const log_dir = folder();
  const log = createLogger({ log_dir, log_file: 'own.log', log_format: '[%(name)s] %(message)s' }, 'neutron');
  log.child('l3').error('lost', { request_id: 'req-1' });
  expect(readFileSync(join(log_dir, 'own.log'), 'utf8')).toBe('[neutron.l3] [req-1] lost\n');
});

it('starts the file anew after it was moved away', async () => {
  const log_dir = folder();
  const path = join(log_dir, 'agent.log');
  const log = createLogger({ log_dir, log_format: '%(message)s' }, 'agent');
  log.error('first');
  renameSync(path, `${path}.1`);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  log.error('second');
  expect(readFileSync(path, 'utf8')).toBe('second\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('first\n');
});
