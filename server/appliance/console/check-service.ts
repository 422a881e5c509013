// The checks of a step for the console: read from the lab's folder, run on its ground, told one by one.
import { readLab } from '../catalog/read-lab.ts';
import { runChecks, type CheckGround } from '../checks/run-checks.ts';
import { LabBroken } from '../checks/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { CheckService } from '../http/deps.ts';
import type { CheckVerdict } from '../http/types.ts';
import { listLabs } from '../labs/list.ts';
import { attachLab } from '../proof/attach-lab.ts';
import { createGround } from '../proof/ground.ts';

export function createCheckService({
  engine,
  labsFolder,
  onBroken,
}: {
  engine: Engine;
  labsFolder: string;
  /** Told of a lab that a check calls broken. */
  onBroken: (lab: string) => void;
}): CheckService {
  /** One ground per lab keeps its token; a lab of the same name started later has other addresses. */
  const grounds = new Map<string, { key: string; ground: CheckGround }>();

  const groundOf = async (lab: string): Promise<CheckGround> => {
    const attached = await attachLab(engine, lab);
    const key = JSON.stringify(attached.endpoints);
    const known = grounds.get(lab);
    if (known?.key === key) return known.ground;
    const ground = createGround(attached);
    grounds.set(lab, { key, ground });
    return ground;
  };

  return {
    async check(lab, number, onProgress) {
      const [status] = await listLabs(engine, lab);
      if (status === undefined) throw new LabBroken(`there is no lab '${lab}'`);
      const { steps } = await readLab(labsFolder, status.entry);
      const checks = steps.find((step) => step.number === number)?.checks ?? [];
      const verdicts: CheckVerdict[] = [];
      const tell = () => {
        const next = checks[verdicts.length];
        onProgress({ checks: [...verdicts], ...(next === undefined ? {} : { now: next.name }) });
      };
      tell();
      await runChecks(await groundOf(lab), checks, {
        patience: 'settle',
        stopAtFirst: true,
        onOutcome({ check, result }) {
          if (result !== undefined) verdicts.push({ name: check.name, ...result });
          tell();
        },
      });
      if (verdicts.some(({ verdict }) => verdict === 'broken')) onBroken(lab);
      return verdicts;
    },
  };
}
