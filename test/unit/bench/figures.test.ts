import { expect, it } from 'vitest';
import { formatFigures, median } from '../../bench/figures.ts';

it('takes the middle of the samples, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it('says which figure does not hold', () => {
  const table = formatFigures([
    { what: 'start', unit: 's', atMost: 15, samples: [12.34] },
    { what: 'port', unit: 'ms', atMost: 500, samples: [400, 700, 600] },
  ]);
  expect(table).toContain('| start | 12.3 s |  | 15 s | yes |');
  expect(table).toContain('| port | 600 ms | 400..700 | 500 ms | NO |');
});

it('asks nothing of a figure without a limit, and a rate to be reached', () => {
  const table = formatFigures([
    { what: 'port update', unit: 'ms', samples: [1.5] },
    { what: 'ports', unit: '/s', atLeast: 300, samples: [299] },
  ]);
  expect(table).toContain('| port update | 1.50 ms |  |  |  |');
  expect(table).toContain('| ports | 299 /s |  | at least 300 /s | NO |');
});
