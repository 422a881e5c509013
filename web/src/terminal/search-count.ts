// How often a search found what it looked for. Pure.

export interface Found {
  /** From 0; -1 where there are more than are counted. */
  index: number;
  count: number;
}

/** More are not marked, and their number is not told. */
export const mostMarked = 1000;

export function countText(term: string, found: Found): string {
  if (term === '') return '';
  if (found.count === 0) return 'Not found';
  if (found.index < 0) return `More than ${mostMarked}`;
  return `${found.index + 1} of ${found.count}`;
}
