// The author's guide names every field, kind and placeholder there is, and none that there is not.
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { formatProblem } from '../../../server/appliance/catalog/lab-invalid.ts';
import { lintLab } from '../../../server/appliance/catalog/lint.ts';
import { readLab } from '../../../server/appliance/catalog/read-lab.ts';
import {
  checkFields,
  faultSchema,
  labSchema,
  mistakeSchema,
} from '../../../server/appliance/catalog/schemas.ts';
import { innerWords } from '../../../server/appliance/checks/frames.ts';
import { kinds } from '../../../server/appliance/checks/kinds.ts';
import { placeholderKinds } from '../../../server/appliance/checks/resolve.ts';
import { labFolder } from '../../support/lab-folder.ts';
import { textOf } from '../../support/sources.ts';

const readme = textOf('labs/README.md');

/** Words in backticks in a column of the rows below a heading. */
function wordsBelow(heading: string, column = 1): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`'))
    .flatMap((line) => codeWords(line.split('|')[column]!));
}

const codeWords = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
const shapeOf = (schema: unknown) => Object.keys((schema as z.ZodObject).shape);

it('explains every field of lab.yaml', () => {
  const cloud = shapeOf(labSchema.shape.cloud.unwrap()).map((field) => `cloud.${field}`);
  expect(wordsBelow('lab.yaml').sort()).toEqual([...shapeOf(labSchema), ...cloud].sort());
});

it('explains every field of a check', () => {
  const section = readme.split('\n## checks/NN.yaml\n')[1]!.split('\n### Kinds')[0]!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.flatMap((line) => codeWords(line.split('|')[1]!)).sort()).toEqual(
    [...Object.keys(checkFields), 'not'].sort(),
  );
});

it('explains every kind of check with all its fields', () => {
  const section = readme.split('\n### Kinds\n')[1]!.split('\n### ')[0]!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.map((line) => [codeWords(line.split('|')[1]!)[0], codeWords(line.split('|')[2]!).sort()]);
  const there = [...kinds.values()].map(({ name, schema }) => [name, shapeOf(schema).sort()]);
  expect(told.sort()).toEqual(there.sort());
  const tunnel = (kinds.get('capture')!.schema as unknown as z.ZodObject).shape['tunnel'] as z.ZodOptional;
  for (const field of shapeOf(tunnel.unwrap())) expect(section).toContain(`\`${field}\``);
  for (const word of innerWords) expect(section).toContain(word);
});

it('explains every placeholder', () => {
  const section = readme.split('\n### Placeholders\n')[1]!.split('\n## ')[0]!;
  const told = [...section.matchAll(/^\| .*$/gm)].flatMap(([row]) =>
    [...row.split('|')[1]!.matchAll(/\{(\w+):/g)].map(([, kind]) => kind!),
  );
  expect(told.sort()).toEqual([...placeholderKinds].sort());
});

it('explains every field of mistakes and faults', () => {
  expect(new Set(wordsBelow('mistakes/ and faults/'))).toEqual(
    new Set([...shapeOf(mistakeSchema), ...shapeOf(faultSchema)]),
  );
});

it('shows a first lab that is valid, and that lint has nothing to say of', async () => {
  const files: Record<string, string> = {};
  const blocks = readme.matchAll(
    /^`([\w./-]+)` [^`]*?(?:`[^`\n]+`[^`]*?)*\n\n(`{3,4})\w+\n([\s\S]*?)\n\2\n/gm,
  );
  for (const [, name, , text] of blocks) files[name!] = `${text}\n`;
  const mistake = files['mistakes/as-administrator.yaml']!;
  files['mistakes/misspelt.yaml'] = mistake
    .replace(/title: .*/, 'title: The name is misspelt')
    .replace(/trips: .*/, 'trips: There is a network net01')
    .replace(/openrc-admin/, 'openrc-demo')
    .replaceAll('net01\n', 'net1\n')
    .replace('a network net1\n', 'a network net01\n');
  expect(Object.keys(files)).toHaveLength(6);
  await using folder = await labFolder({ 'mistakes/other-name.yaml': undefined, ...files });
  const lab = await readLab(folder.path, 'sample');
  expect(lintLab(lab).map(formatProblem)).toEqual([]);
});
