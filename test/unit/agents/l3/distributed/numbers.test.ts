// The numbers a host gives to its distributed routers, and their files.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openHostNumbers, openPool } from '../../../../../server/cloud/agents/l3/distributed/numbers.ts';

const fail = (error: Error) => {
  throw error;
};
const folder = () => mkdtempSync(join(tmpdir(), 'numbers-'));

it('the files are as Neutron writes them, and say the same after a restart', () => {
  const path = folder();
  writeFileSync(join(path, 'fip-linklocal-networks'), 'fa96af8c,169.254.88.134/31\nrubbish\n');
  writeFileSync(join(path, 'fip-priorities'), '10.64.201.21,51985\n10.64.201.22,5\n');
  const numbers = openHostNumbers(path, fail);
  expect(numbers.pairOf('fa96af8c')).toEqual(['169.254.88.134', '169.254.88.135']);
  expect(numbers.priorityOf('10.64.201.21')).toBe(51985);
  const fresh = [numbers.pairOf('another'), numbers.priorityOf('10.64.201.22')];
  const next = openHostNumbers(path, fail);
  expect([next.pairOf('another'), next.priorityOf('10.64.201.22')]).toEqual(fresh);
  expect(readFileSync(join(path, 'fip-priorities'), 'utf8')).toMatch(
    /^10\.64\.201\.21,51985\n10\.64\.201\.22,\d{5}\n$/,
  );
});

it('two hosts choose the same numbers for the same router and floating IP', () => {
  const [one, other] = [openHostNumbers(folder(), fail), openHostNumbers(folder(), fail)];
  expect(one.pairOf('a')).toEqual(other.pairOf('a'));
  expect(one.priorityOf('10.0.0.1')).toBe(other.priorityOf('10.0.0.1'));
  expect(one.priorityOf('10.0.0.1')).toBeGreaterThan(32767);
});

it('no number is given twice, and one that was given back is free again', () => {
  const path = folder();
  const pool = openPool({ file: join(path, 'pool'), size: 3, format: String, parse: Number, onError: fail });
  const given = ['a', 'b', 'c'].map(pool.take);
  expect(new Set(given).size).toBe(3);
  expect(() => pool.take('d')).toThrow('All 3 numbers');
  pool.keepOnly(new Set(['a', 'b']));
  expect(pool.take('d')).toBe(given[2]);
});

it('a file that cannot be written is said, and the number holds', () => {
  const errors: Error[] = [];
  const path = folder();
  mkdirSync(join(path, 'fip-linklocal-networks.new'));
  const numbers = openHostNumbers(path, (error) => errors.push(error));
  expect(numbers.pairOf('a')).toEqual(numbers.pairOf('a'));
  expect(errors).toHaveLength(1);
});
