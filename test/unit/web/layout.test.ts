import { expect, it } from 'vitest';
import {
  arrangements,
  firstLayout,
  gridOf,
  paneNames,
  parseLayout,
  reveal,
  setShare,
  toggleHidden,
  toggleMaximised,
  type Layout,
} from '../../../web/src/panes/layout.ts';

/** Every combination of arrangement, hidden panes and a maximised one. */
function everyLayout(): Layout[] {
  const hidden = [
    [],
    ...paneNames.map((name) => [name]),
    ...paneNames.map((name) => paneNames.filter((other) => other !== name)),
  ];
  return arrangements.flatMap((arrangement) =>
    hidden.flatMap((names) => [
      { ...firstLayout, arrangement, hidden: names },
      ...paneNames.map((maximised) => ({ ...firstLayout, arrangement, hidden: names, maximised })),
    ]),
  );
}

it('gives every visible pane and every bar its place in the grid', () => {
  for (const layout of everyLayout()) {
    const { visible, areas, bars, columns, rows } = gridOf(layout);
    const lines = [...areas.matchAll(/"([^"]+)"/g)].map(([, line]) => line!.split(' '));
    expect(new Set(lines.flat())).toEqual(new Set([...visible, ...bars.map(({ area }) => area)]));
    const tracks = (list: string) => list.match(/minmax\(|0\.5rem/g)!.length;
    expect([lines[0]!.length, lines.length]).toEqual([tracks(columns), tracks(rows)]);
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  }
});

it('never hides the last pane', () => {
  const one = toggleHidden(toggleHidden(firstLayout, 'guide'), 'topology');
  expect(gridOf(one).visible).toEqual(['terminals']);
  expect(gridOf(toggleHidden(one, 'terminals')).visible).toEqual(['terminals']);
});

it('shows a pane that was hidden, or behind a maximised one, when something happens in it', () => {
  const hidden = toggleHidden(firstLayout, 'terminals');
  expect(gridOf(reveal(hidden, 'terminals')).visible).toContain('terminals');
  const behind = toggleMaximised(firstLayout, 'guide');
  expect(gridOf(reveal(behind, 'terminals')).visible).toEqual([...paneNames]);
  const alone = toggleMaximised(firstLayout, 'terminals');
  expect(gridOf(reveal(alone, 'terminals')).visible).toEqual(['terminals']);
});

it('comes back as it was stored, and without what cannot be', () => {
  const layout = setShare(toggleHidden({ ...firstLayout, arrangement: 'columns' }, 'topology'), 'guide', 30);
  expect(parseLayout(JSON.stringify(layout))).toEqual(layout);
  for (const text of [
    null,
    '',
    'null',
    '3',
    '{"hidden":["guide","terminals","topology"],"shares":{"guide":"x"}}',
  ])
    expect(parseLayout(text)).toEqual(firstLayout);
  expect(parseLayout('{"shares":{"guide":99,"other":3},"arrangement":"round"}')).toEqual(
    setShare(firstLayout, 'guide', 99),
  );
});
