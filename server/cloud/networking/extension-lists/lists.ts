// Extensions of lists, that the configuration may switch off.
import type { Declared } from './declared.ts';

export const pagination: Declared = [
  [
    'pagination',
    'Pagination support',
    'Extension that indicates that pagination is enabled.',
    '2016-06-12T00:00:00-00:00',
  ],
];

export const sorting: Declared = [
  [
    'sort-key-validation',
    'Sort keys validation',
    'Provides validation on sort keys.',
    '2018-07-04T10:00:00-00:00',
  ],
  [
    'sorting',
    'Sorting support',
    'Extension that indicates that sorting is enabled.',
    '2016-06-12T00:00:00-00:00',
  ],
];
