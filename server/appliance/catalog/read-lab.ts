// Reads and validates one lab's folder; every fault is reported, not only the first.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nearest } from '../../lib/nearest.ts';
import { parseCommands } from './command-text.ts';
import { LabInvalid, LabUnknown } from './lab-invalid.ts';
import { readChecks } from './read-checks.ts';
import { readFault, readMistake } from './read-mistakes.ts';
import type { z } from 'zod';
import { nodeNamesOf, usualShape, type CloudShape } from '../labs/cloud-shape.ts';
import { labSchema } from './schemas.ts';
import { parseStepText } from './step-text.ts';
import type { Fault, Lab, Mistake, Problem, Step } from './types.ts';
import { parseYamlFile, problemAt, unknownWord, validate } from './yaml-file.ts';

/** Ids of all folders below `labsFolder` that hold a lab.yaml: by their `order`, then by name. */
export async function listLabs(labsFolder: string): Promise<string[]> {
  const entries = await readdir(labsFolder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(
    folders.sort().map(async (id) => {
      const text = await textOf(join(labsFolder, id, 'lab.yaml'));
      // a lab that cannot be read has its place too
      return text === undefined
        ? []
        : [{ id, order: Number(/^order:\s*(\d+)\s*$/m.exec(text)?.[1] ?? Infinity) }];
    }),
  );
  return found
    .flat()
    .sort((a, b) => (a.order === b.order ? 0 : a.order - b.order))
    .map(({ id }) => id);
}

/** Reads the lab `id`. Throws LabUnknown or LabInvalid (with every problem found). */
export async function readLab(labsFolder: string, id: string): Promise<Lab> {
  const folder = join(labsFolder, id);
  const source = /^[\w.-]+$/.test(id) ? await textOf(join(folder, 'lab.yaml')) : undefined;
  if (source === undefined) {
    const known = await listLabs(labsFolder);
    throw new LabUnknown(id, known, nearest(id, known));
  }
  const yaml = parseYamlFile(`${id}/lab.yaml`, source);
  const { value, problems } =
    yaml.problems.length > 0 ? { problems: yaml.problems } : validate(yaml, labSchema);
  if (value === undefined) throw new LabInvalid(id, problems);
  const { cloud, steps: slugs, order: _order, ...head } = value;
  const shape = shapeOf(cloud);
  const nodeNames = nodeNamesOf(shape);
  const named: [name: string, path: (string | number)[]][] = [
    ...cloud.config.map(
      ({ node }, index) => [node, ['cloud', 'config', index, 'node']] as [string, (string | number)[]],
    ),
    ...Object.keys(shape.mechanismOf).map(
      (node) => [node, ['cloud', 'mechanism', node]] as [string, string[]],
    ),
  ];
  for (const [node, path] of named)
    if (node !== 'compute' && !nodeNames.includes(node))
      problems.push(problemAt(yaml, path, unknownWord('node', node, nodeNames)));

  const steps: Step[] = [];
  for (const [index, slug] of slugs.entries()) {
    const read = await readStep(folder, id, index + 1, slug);
    steps.push(read.step);
    problems.push(...read.problems.map((problem) => missingAt(problem, yaml.lineOf(['steps', index]))));
  }
  const mistakes: Mistake[] = [];
  for (const name of await filesOf(join(folder, 'mistakes'), '.yaml')) {
    const text = (await textOf(join(folder, 'mistakes', name))) ?? '';
    const read = readMistake(`${id}/mistakes/${name}`, text, steps);
    problems.push(...read.problems);
    if (read.mistake !== undefined) mistakes.push(read.mistake);
  }
  const faults: Fault[] = [];
  for (const name of await filesOf(join(folder, 'faults'), '.yaml')) {
    const text = (await textOf(join(folder, 'faults', name))) ?? '';
    const read = readFault(`${id}/faults/${name}`, text, steps);
    problems.push(...read.problems);
    if (read.fault !== undefined) faults.push(read.fault);
  }
  if (problems.length > 0) throw new LabInvalid(id, problems);
  return {
    id,
    folder,
    ...head,
    cloud: shape,
    nodeNames,
    steps,
    mistakes,
    faults,
    strays: await straysOf(folder, steps),
  };
}

function shapeOf({ compute, network, mechanism, ...rest }: z.infer<typeof labSchema>['cloud']): CloudShape {
  const isOne = typeof mechanism === 'string';
  return {
    ...{ computeCount: compute, networkCount: network, types: rest.types, config: rest.config },
    mechanism: isOne ? mechanism : usualShape.mechanism,
    mechanismOf: isOne ? {} : mechanism,
    ...{ isL2Populated: rest.l2population, isDistributed: rest.dvr, isHighlyAvailable: rest.ha },
    ...{ isSpareWired: rest.spare_wire, isMetered: rest.metering },
  };
}

async function readStep(
  folder: string,
  id: string,
  number: number,
  slug: string,
): Promise<{ step: Step; problems: Problem[] }> {
  const prefix = String(number).padStart(2, '0');
  const problems: Problem[] = [];
  const read = async (path: string): Promise<string> => {
    const text = await textOf(join(folder, path));
    if (text === undefined)
      problems.push({
        file: `${id}/lab.yaml`,
        line: 0,
        field: 'steps',
        message: `'${slug}' has no file ${path}`,
      });
    return text ?? '';
  };
  const textFile = `${prefix}-${slug}.md`;
  const source = await read(textFile);
  const text = source === '' ? undefined : parseStepText(`${id}/${textFile}`, source);
  const solutionText = await read(`solution/${prefix}`);
  const solution = parseCommands(solutionText, { file: `${id}/solution/${prefix}` });
  const checksText = await read(`checks/${prefix}.yaml`);
  const checks = checksText === '' ? undefined : readChecks(`${id}/checks/${prefix}.yaml`, checksText);
  problems.push(...(text?.problems ?? []), ...solution.problems, ...(checks?.problems ?? []));
  const step: Step = {
    ...{ number, slug, title: text?.title ?? slug, markdown: text?.markdown ?? '', shown: text?.shown ?? [] },
    ...{ solution: solution.commands, checks: checks?.checks ?? [], file: `${id}/${textFile}` },
  };
  return { step, problems };
}

/** Numbered files that no step asks for: a step left out of lab.yaml, a gap in the numbers, a file put aside. */
async function straysOf(folder: string, steps: Step[]): Promise<string[]> {
  const own = new Set(
    steps.flatMap(({ number, slug }) => {
      const prefix = String(number).padStart(2, '0');
      return [`${prefix}-${slug}.md`, `solution/${prefix}`, `checks/${prefix}.yaml`];
    }),
  );
  const inFolder = async (name: string, ending = '') =>
    (await filesOf(join(folder, name), ending)).map((file) => join(name, file));
  const all = [
    ...(await inFolder('.', '.md')),
    ...(await inFolder('solution')),
    ...(await inFolder('checks')),
  ];
  return all.filter((file) => /(^|\/)\d/.test(file) && !own.has(file) && !/(~|\.swp)$/.test(file));
}

function missingAt(problem: Problem, line: number): Problem {
  return problem.line === 0 ? { ...problem, line } : problem;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    )
      return undefined;
    throw error;
  }
}

async function filesOf(folder: string, ending: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
