import { expect, it } from 'vitest';
import {
  cellText,
  keystoneStyle,
  neutronStyle,
  render,
} from '../../../../server/cloud/client/command/output.ts';
import { renderTable } from '../../../../server/cloud/client/command/table.ts';

const lines = (...rows: string[]) => rows.join('\n');

it('draws columns as wide as their widest cell', () => {
  expect(
    renderTable(
      ['id', 'name'],
      [
        ['1', 'net01'],
        ['22', ''],
      ],
    ),
  ).toBe(
    lines(
      '+----+-------+',
      '| id | name  |',
      '+----+-------+',
      '| 1  | net01 |',
      '| 22 |       |',
      '+----+-------+',
    ),
  );
});

it('gives a cell of several lines several lines', () => {
  expect(renderTable(['a', 'b'], [['x', 'one\ntwo']])).toBe(
    lines('+---+-----+', '| a | b   |', '+---+-----+', '| x | one |', '|   | two |', '+---+-----+'),
  );
});

it('centres as str.center does: an odd rest to the right of odd words, to the left of even ones', () => {
  expect(renderTable(['wide-x'], [['abc'], ['ab'], ['a']], ['centre'])).toBe(
    lines('+--------+', '| wide-x |', '+--------+', '|  abc   |', '|   ab   |', '|   a    |', '+--------+'),
  );
  expect(
    renderTable(['wide-'], [['ab'], ['abcd']], ['centre'])
      .split('\n')
      .slice(3, 5),
  ).toEqual(['|   ab  |', '|  abcd |']);
});

it('counts wide characters twice', () => {
  expect(renderTable(['n'], [['网']]).split('\n')).toEqual([
    '+----+',
    '| n  |',
    '+----+',
    '| 网 |',
    '+----+',
  ]);
});

it('turns values into text as Python would', () => {
  expect([true, false, null, 5, 'x'].map(cellText)).toEqual(['True', 'False', '', '5', 'x']);
  expect(cellText([{ subnet_id: 's', ip_address: '10.0.0.2' }, 'x'])).toBe(
    '{"subnet_id": "s", "ip_address": "10.0.0.2"}\nx',
  );
  expect(cellText({})).toBe('{}');
});

it('prints an empty line for an empty list', () => {
  expect(render({ kind: 'list', columns: [], rows: [] }, 'table', [], neutronStyle)).toBe('\n');
});

it('writes shell variables that can be sourced', () => {
  const output = { kind: 'show', fields: [['provider:network_type', 'a"$b']] } as const;
  expect(render(output, 'shell', [], neutronStyle)).toBe('provider_network_type="a\\"\\$b"\n');
});

it('refuses columns that nothing has', () => {
  const output = { kind: 'show', fields: [['id', 1]] } as const;
  expect(() => render(output, 'table', ['nope'], keystoneStyle)).toThrow(
    "No recognized column names in ['nope'].",
  );
});
