// A lab's folder while somebody writes it: read and linted again whenever a file is saved.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { LabInvalid } from '../catalog/lab-invalid.ts';
import { lintLab } from '../catalog/lint.ts';
import { readLab } from '../catalog/read-lab.ts';
import type { Lab } from '../catalog/types.ts';
import { sourceOf } from '../console/lab-source.ts';
import { guideOf } from '../http/api.ts';
import type { AuthorState } from '../http/types.ts';

export interface Preview {
  state: () => AuthorState;
  /** Calls back after each save that was read; returns how to stop. */
  onChange: (listener: (state: AuthorState) => void) => () => void;
  /** Says which lab runs it from now on, as the folder is now. */
  startedAs: (lab: string) => void;
  close: () => void;
}

/** An editor saves in several strokes. */
const gatherMs = 60;

/** Reads the folder and follows it; throws LabUnknown where there is none. */
export async function createPreview(labsFolder: string, id: string): Promise<Preview> {
  const listeners = new Set<(state: AuthorState) => void>();
  let lab: Lab | undefined;
  let running: { lab: string; cloud: string } | undefined;
  let findings: AuthorState['findings'] = [];
  let isReadable = true;
  let readAt = '';

  const read = async () => {
    try {
      lab = await readLab(labsFolder, id);
      findings = lintLab(lab);
      isReadable = true;
    } catch (error) {
      if (!(error instanceof LabInvalid)) throw error;
      findings = error.problems.map((problem) => ({ severity: 'error', ...problem }));
      isReadable = false;
    }
    readAt = new Date().toISOString();
  };
  const state = (): AuthorState => ({
    guide: lab === undefined ? emptyGuide(id) : guideOf(sourceOf(lab)),
    steps: lab === undefined ? [] : stepsOf(lab),
    ...{ findings, isReadable, readAt },
    ...(running === undefined ? {} : { lab: running.lab }),
    isCloudChanged: running !== undefined && isReadable && running.cloud !== cloudOf(lab),
  });
  const tell = () => {
    const now = state();
    for (const listener of listeners) listener(now);
  };

  await read();
  let timer: NodeJS.Timeout | undefined;
  let reading = Promise.resolve();
  const again = () => {
    reading = reading
      .then(read)
      .catch((error: unknown) => {
        // the folder itself went away, or is being replaced
        const message = error instanceof Error ? error.message : String(error);
        findings = [{ severity: 'error', file: `${id}/lab.yaml`, line: 1, field: '', message }];
        isReadable = false;
      })
      .then(tell);
  };
  const watcher = watch(join(labsFolder, id), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(again, gatherMs);
  });
  return {
    state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    startedAs: (name) => {
      running = { lab: name, cloud: cloudOf(lab) };
      tell();
    },
    close: () => {
      clearTimeout(timer);
      watcher.close();
      listeners.clear();
    },
  };
}

const cloudOf = (lab: Lab | undefined) => JSON.stringify(lab?.cloud);

const emptyGuide = (id: string) => ({ entry: id, title: id, introduction: [], steps: [] });

function stepsOf(lab: Lab): AuthorState['steps'] {
  return lab.steps.map(({ number, checks, solution }) => {
    const trials = [...lab.mistakes, ...lab.faults].filter(({ step }) => step === number);
    return {
      number,
      checks: checks.map(({ name, kind, isNegated, isGuard, needs, hints, file, line }) => ({
        ...{ name, kind, isNegated, isGuard, needs, hints, place: `${file}:${line}` },
        triedBy: trials.filter(({ trips }) => trips === name).map(({ title }) => title),
      })),
      solution: solution.map(({ place, text }) => ({ place, text })),
    };
  });
}
