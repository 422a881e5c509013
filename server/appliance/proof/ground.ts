// The ground a lab's checks stand on: its places, its API, the question whether it is broken.
import { createCloud, parseOpenrc } from '../checks/cloud.ts';
import { createDiagnosis } from '../checks/diagnose.ts';
import { createExec } from '../checks/lab-exec.ts';
import type { CheckGround } from '../checks/run-checks.ts';
import { LabBroken } from '../checks/types.ts';
import type { ProofLab } from './deps.ts';

export function createGround(lab: Pick<ProofLab, 'nodeNames' | 'runInNode' | 'endpoints'>): CheckGround {
  const readCredentials = async () => {
    const { code, stdout } = await lab.runInNode('controller', ['cat', '/root/openrc-admin'], {
      timeoutMs: 5_000,
    });
    if (code !== 0) throw new LabBroken('the controller has no /root/openrc-admin');
    return parseOpenrc(stdout);
  };
  const get = createCloud({ endpoints: lab.endpoints, readCredentials });
  const exec = createExec({ runInNode: lab.runInNode, get });
  const diagnose = createDiagnosis({ nodeNames: lab.nodeNames, runInNode: lab.runInNode, get });
  return { exec, get, diagnose };
}
