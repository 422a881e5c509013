// Does the steps of a plan for one network; each is safe to repeat.
import { mkdirSync, rmSync } from 'node:fs';
import { releaseLease, reloadDnsmasq, startDnsmasq } from '../../../host/dnsmasq.ts';
import { endProcess } from '../../../host/process.ts';
import { replaceFile } from '../../../host/replace-file.ts';
import { applySteps } from '../namespace-apply.ts';
import { applyDaemon } from '../namespace-daemon.ts';
import type { NamespaceStep } from '../namespace-plan.ts';
import { ownershipOf } from './actual.ts';
import { folderOf, type DhcpConfig } from './desired.ts';
import type { DhcpStep } from './plan.ts';

export async function applyDhcp(config: DhcpConfig, networkId: string, steps: DhcpStep[]): Promise<void> {
  const own = ownershipOf(config, networkId);
  await applySteps<DhcpStep>(steps, own, (step) => applyOne(config, networkId, own.ns, step));
}

async function applyOne(
  config: DhcpConfig,
  networkId: string,
  ns: string | undefined,
  step: Exclude<DhcpStep, NamespaceStep>,
): Promise<void> {
  const folder = folderOf(config, networkId);
  switch (step.kind) {
    case 'stop-dnsmasq':
      for (const pid of step.pids) await endProcess(pid);
      return;
    case 'write-files':
      // Nothing may come between files and signal: an agent that ended there would never send it.
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of Object.entries(step.files)) replaceFile(`${folder}/${name}`, text);
      if (step.reloadPid !== undefined) reloadDnsmasq(step.reloadPid);
      return;
    case 'start-dnsmasq':
      await startDnsmasq(step.argv, ns);
      return;
    case 'release-lease':
      await releaseLease({
        lease: step.lease,
        dev: step.device,
        leaseFile: `${folder}/leases`,
        ...(ns === undefined ? {} : { ns }),
      });
      return;
    case 'remove-files':
      rmSync(folder, { recursive: true, force: true });
      return;
    case 'start-daemon':
    case 'reload-daemon':
    case 'stop-daemon':
      await applyDaemon(step, ns);
  }
}
