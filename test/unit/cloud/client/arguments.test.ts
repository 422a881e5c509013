import { expect, it } from 'vitest';
import { parseArguments } from '../../../../server/cloud/client/command/arguments.ts';

const syntax = {
  positionals: [{ name: 'name', help: '' }],
  options: [
    { name: 'tenant-id', help: '' },
    { name: 'column', letter: 'c', help: '', many: true },
    { name: 'shared', help: '', isSwitch: true },
    { name: 'external', help: '', isTrueAlone: true },
  ],
  takesAttributes: true,
};
const parse = (line: string) => parseArguments(line.split(' '), syntax);

it.each(['--tenant-id T net01', 'net01 --tenant_id T', '--tenant_id=T net01'])('reads %s', (line) => {
  expect(parse(line)).toMatchObject({ positionals: { name: 'net01' }, options: { 'tenant-id': 'T' } });
});

it('reads letters, repeated options and switches', () => {
  const { options } = parse('-c id -cname --shared net01');
  expect(options).toEqual({ column: ['id', 'name'], shared: true });
  expect(parse('--shared False net01').options).toEqual({ shared: 'False' });
});

it('takes an option for true that has no word of its own', () => {
  expect(parse('net01 --external --shared').options).toEqual({ external: true, shared: true });
  expect(parse('net01 --external').options).toEqual({ external: true });
  expect(parse('net01 --external False').options).toEqual({ external: 'False' });
  expect(parse('net01 --external=False').options).toEqual({ external: 'False' });
});

it.each([
  ['net01 --provider:network_type vlan', { 'provider:network_type': 'vlan' }],
  [
    'net01 --router-rules type=dict list=true a=b,c=d e=f',
    { router_rules: [{ a: 'b', c: 'd' }, { e: 'f' }] },
  ],
  ['net01 --x list=true one', { x: ['one'] }],
  ['net01 --x one two', { x: ['one', 'two'] }],
  ['net01 --n type=int 5', { n: 5 }],
  ['net01 --b type=bool True', { b: true }],
  ['net01 --gone action=clear', { gone: null }],
  ['net01 --flag', { flag: true }],
  ['net01 -- --router:external True --tenant-id T', { 'router:external': 'True', tenant_id: 'T' }],
])('takes undeclared options of %s as attributes', (line, attributes) => {
  expect(parse(line)).toMatchObject({ positionals: { name: 'net01' }, attributes });
});

it('leaves a word of an undeclared option to the positional that needs it', () => {
  expect(parse('--colour red net01')).toMatchObject({
    positionals: { name: 'net01' },
    attributes: { colour: 'red' },
  });
});

it('leaves one word to each positional after one that takes many', () => {
  const positionals = [
    { name: 'rule', help: '', many: true },
    { name: 'policy', help: '' },
  ];
  const parseIn = (line: string) => parseArguments(line.split(' '), { ...syntax, positionals });
  expect(parseIn('r1 r2 p')).toMatchObject({ rest: ['r1', 'r2'], positionals: { policy: 'p' } });
  expect(parseIn('r1 p')).toMatchObject({ rest: ['r1'], positionals: { policy: 'p' } });
  expect(() => parseIn('r1')).toThrow('too few arguments');
});

it.each([
  ['--shared', 'too few arguments'],
  ['net01 net02', 'unrecognized arguments: net02'],
  ['net01 --tenant-id --shared', 'argument --tenant-id: expected one argument'],
  ['net01 --tenant-id', 'argument --tenant-id: expected one argument'],
  ['net01 --x type=dict ab', "invalid key-value 'ab', expected key=value"],
  ['net01 --x type=tree ab', "invalid type 'tree'"],
  ['net01 -z', 'unrecognized arguments: -z'],
])('refuses %s', (line, message) => {
  expect(() => parse(line)).toThrow(message);
});

it('refuses undeclared options where they are not attributes', () => {
  expect(() =>
    parseArguments(['--x', '1'], { positionals: [], options: [], takesAttributes: false }),
  ).toThrow('unrecognized arguments: --x');
});
