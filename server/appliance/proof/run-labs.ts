// `run` and `verify`: reads the labs, lints them when they are to be proven whole, proves one after the other.
import { formatProblem, LabInvalid, LabUnknown } from '../catalog/lab-invalid.ts';
import { lintLab } from '../catalog/lint.ts';
import { readLab } from '../catalog/read-lab.ts';
import type { Lab } from '../catalog/types.ts';
import type { ProofLab, ProofPlatform } from './deps.ts';
import { formatReports } from './format-report.ts';
import type { ReportFormat } from './format-report.ts';
import { proveLab } from './prove-lab.ts';
import { exitCodeOf } from './report.ts';
import type { LabReport } from './report.ts';

export interface RunRequest {
  labsFolder: string;
  /** Names of labs, in order. */
  ids: string[];
  /** Called once, when every lab has been read and there is something to run; what it throws is thrown. */
  preparePlatform: () => Promise<ProofPlatform>;
  isWhole: boolean;
  isKept: boolean;
  format: ReportFormat;
  signal: AbortSignal;
  /** Progress, a line each; goes to stderr so that a report on stdout stays whole. */
  onProgress: (text: string) => void;
  onReport: (text: string) => void;
  onFinished?: (lab: ProofLab) => Promise<void>;
}

/** Returns the exit code: 0 all proven, 1 a check failed, 2 nothing ran, 3 a lab is broken. */
export async function runLabs(request: RunRequest): Promise<0 | 1 | 2 | 3> {
  const reports: LabReport[] = [];
  const labs: Lab[] = [];
  for (const id of request.ids) {
    const lab = await readOrReport(request, id);
    if ('outcome' in lab) reports.push(lab);
    else labs.push(lab);
  }
  // an unreadable lab stops the run before anything is started
  if (reports.length === 0 && labs.length > 0) {
    const platform = await request.preparePlatform();
    for (const lab of labs) {
      reports.push(await proveLab(lab, { ...request, platform }));
      if (request.signal.aborted) break;
    }
  }
  request.onReport(formatReports(reports, request.format));
  return exitCodeOf(reports);
}

async function readOrReport(
  { labsFolder, isWhole, onProgress }: RunRequest,
  id: string,
): Promise<Lab | LabReport> {
  try {
    const lab = await readLab(labsFolder, id);
    const findings = isWhole ? lintLab(lab) : [];
    for (const finding of findings) onProgress(`${finding.severity}: ${formatProblem(finding)}`);
    const errors = findings.filter(({ severity }) => severity === 'error');
    return errors.length === 0 ? lab : nothing(id, errors.map(formatProblem).join('\n'));
  } catch (error) {
    if (error instanceof LabUnknown || error instanceof LabInvalid) return nothing(id, error.message);
    throw error;
  }
}

function nothing(lab: string, note: string): LabReport {
  return {
    ...{ lab, title: 'not run', outcome: 'nothing', steps: [], assertions: [], mutationScore: null },
    ...{ startMilliseconds: 0, milliseconds: 0, note },
  };
}
