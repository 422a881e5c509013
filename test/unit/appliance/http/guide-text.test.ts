import { expect, it } from 'vitest';
import { guideBlocks } from '../../../../server/appliance/http/guide-text.ts';

it('takes a fence that names a place for commands, any other for a listing', () => {
  const markdown =
    '```controller\nneutron net-list\n\nsource openrc-demo\n```\n\n```text\nnet01\n```\n\n```\nplain\n```';
  expect(guideBlocks(markdown)).toEqual([
    {
      kind: 'commands',
      commands: [
        { place: 'controller', text: 'neutron net-list' },
        { place: 'controller', text: 'source openrc-demo' },
      ],
    },
    { kind: 'listing', text: 'net01' },
    { kind: 'listing', text: 'plain' },
  ]);
});

it('keeps a continued command whole', () => {
  const [block] = guideBlocks('```vm:vm01\nping -c 1 \\\n  10.64.201.254\n```');
  expect(block).toEqual({
    kind: 'commands',
    commands: [{ place: 'vm:vm01', text: 'ping -c 1 \\\n  10.64.201.254' }],
  });
});

it('keeps words, code and stress apart', () => {
  expect(guideBlocks('A **strong** *word* and `a < b` & c')).toEqual([
    {
      kind: 'paragraph',
      spans: [
        { kind: 'text', text: 'A ' },
        { kind: 'strong', text: 'strong' },
        { kind: 'text', text: ' ' },
        { kind: 'emphasis', text: 'word' },
        { kind: 'text', text: ' and ' },
        { kind: 'code', text: 'a < b' },
        { kind: 'text', text: ' & c' },
      ],
    },
  ]);
});

it('reads lists within lists and tables', () => {
  expect(guideBlocks('1. one\n   - inner\n2. two')).toMatchObject([
    {
      kind: 'list',
      isOrdered: true,
      items: [[{ kind: 'paragraph' }, { kind: 'list', isOrdered: false }], [{}]],
    },
  ]);
  expect(guideBlocks('| a | b |\n|---|---|\n| 1 | `2` |')).toMatchObject([
    {
      kind: 'table',
      header: [[{ text: 'a' }], [{ text: 'b' }]],
      rows: [[[{ text: '1' }], [{ kind: 'code' }]]],
    },
  ]);
});

it('lets no foreign code through: HTML is text, odd links are text', () => {
  const blocks = guideBlocks('<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b onclick="y()">z</b>');
  expect(JSON.stringify(blocks)).not.toContain('"href"');
  expect(blocks[0]).toEqual({
    kind: 'paragraph',
    spans: [{ kind: 'text', text: '<script>alert(1)</script>' }],
  });
});
