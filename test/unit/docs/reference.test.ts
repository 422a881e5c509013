// The reference pages say what the declarations say.
import { expect, it } from 'vitest';
import { referencePages } from '../../../server/cloud/networking/reference.ts';
import { textOf } from '../../support/sources.ts';

it.each(Object.entries(referencePages()))(
  'docs/reference/%s is not stale (npm run reference writes it)',
  (name, text) => {
    expect(textOf(`docs/reference/${name}`)).toBe(text);
  },
);
