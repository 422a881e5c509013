// `run` and `verify`: reads the labs, lints them when they are to be proven whole, proves one after the other.
import { join } from 'node:path';
import { formatProblem, LabInvalid, LabUnknown } from '../catalog/lab-invalid.ts';
import { lintLab } from '../catalog/lint.ts';
import { readLab } from '../catalog/read-lab.ts';
import type { Lab } from '../catalog/types.ts';
import type { ProofLab, ProofPlatform } from './deps.ts';
import { formatReports } from './format-report.ts';
import type { ReportFormat } from './format-report.ts';
import { labHash } from './proofs-file.ts';
import { proveLab } from './prove-lab.ts';
import { exitCodeOf } from './report.ts';
import type { Assertion, LabReport } from './report.ts';

export interface RunRequest {
  labsFolder: string;
  /** Names of labs, in order. */
  ids: string[];
  /** Called once, when every lab has been read and there is something to run; what it throws is thrown. */
  preparePlatform: () => Promise<ProofPlatform>;
  isWhole: boolean;
  isKept: boolean;
  onlyStep?: number;
  /** Labs that are proven at the same time. */
  jobs: number;
  format: ReportFormat;
  signal: AbortSignal;
  /** Progress, a line each; goes to stderr so that a report on stdout stays whole. */
  onProgress: (text: string) => void;
  onReport: (text: string) => void;
  /** Told of the labs before anything is started, and of each assertion. */
  onLabs?: (labs: Lab[]) => void;
  onAssertion?: (lab: Lab, assertion: Assertion) => void;
  onFinished?: (lab: ProofLab) => Promise<void>;
  /** Told of each lab that was proven whole, and the hash its folder had when it was read. */
  onProven?: (lab: string, hash: string) => Promise<void>;
}

/** Returns the exit code: 0 all proven, 1 a check failed, 2 nothing ran, 3 a lab is broken. */
export async function runLabs(request: RunRequest): Promise<0 | 1 | 2 | 3> {
  const reports: LabReport[] = [];
  const labs: ReadyLab[] = [];
  for (const id of request.ids) {
    const lab = await readOrReport(request, id);
    if ('outcome' in lab) reports.push(lab);
    else labs.push(lab);
  }
  // an unreadable lab stops the run before anything is started
  if (reports.length === 0 && labs.length > 0) {
    const platform = await request.preparePlatform();
    request.onLabs?.(labs.map(({ lab }) => lab));
    reports.push(...(await proveAll(request, platform, labs)));
  }
  request.onReport(formatReports(reports, request.format));
  return exitCodeOf(reports);
}

/** In the order of `labs`, `jobs` of them at a time. */
async function proveAll(
  request: RunRequest,
  platform: ProofPlatform,
  labs: ReadyLab[],
): Promise<LabReport[]> {
  const reports: LabReport[] = [];
  const waiting = [...labs.entries()];
  const isAlone = request.jobs === 1 || labs.length === 1;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined && !request.signal.aborted; next = waiting.shift()) {
      const [index, { lab, hash }] = next;
      const onProgress = (text: string) =>
        request.onProgress(isAlone ? text : text.replace(/^/gm, `${lab.id}: `));
      const onAssertion = (assertion: Assertion) => request.onAssertion?.(lab, assertion);
      const report = await proveLab(lab, { ...request, platform, onProgress, onAssertion });
      reports[index] = report;
      const isWhole = request.isWhole && request.onlyStep === undefined;
      if (isWhole && report.outcome === 'proven' && report.mutationScore === 1)
        await request.onProven?.(lab.id, hash);
    }
  };
  await Promise.all(Array.from({ length: request.jobs }, work));
  return reports.filter((report) => report !== undefined);
}

interface ReadyLab {
  lab: Lab;
  /** Of its folder as it was read. */
  hash: string;
}

async function readOrReport(
  { labsFolder, isWhole, onProgress }: RunRequest,
  id: string,
): Promise<ReadyLab | LabReport> {
  try {
    const hash = await labHash(join(labsFolder, id)).catch(() => '');
    const lab = await readLab(labsFolder, id);
    const findings = isWhole ? lintLab(lab) : [];
    for (const finding of findings) onProgress(`${finding.severity}: ${formatProblem(finding)}`);
    const errors = findings.filter(({ severity }) => severity === 'error');
    return errors.length === 0 ? { lab, hash } : nothing(id, errors.map(formatProblem).join('\n'));
  } catch (error) {
    if (error instanceof LabUnknown || error instanceof LabInvalid) return nothing(id, error.message);
    throw error;
  }
}

function nothing(lab: string, note: string): LabReport {
  return {
    ...{ lab, title: 'not run', outcome: 'nothing', steps: [], assertions: [], mutationScore: null },
    ...{ untried: [], phases: {} },
    ...{ startMilliseconds: 0, milliseconds: 0, note },
  };
}
