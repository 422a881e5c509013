// `./patchbay bench`: builds and proves the first lab once and measures it on the way. Prints a table, judges nothing.
import { setTimeout as wait } from 'node:timers/promises';
import { readLab } from '../../server/appliance/catalog/read-lab.ts';
import { interruptible } from '../../server/appliance/cli/interrupt.ts';
import { openEngine, prepareImages } from '../../server/appliance/cli/ready-engine.ts';
import type { ProofLab, ProofPlatform } from '../../server/appliance/proof/deps.ts';
import { createEnginePlatform } from '../../server/appliance/proof/engine-platform.ts';
import { proveLab } from '../../server/appliance/proof/prove-lab.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { signIn } from './cloud-admin.ts';
import { reportFigures, type Figure } from './figures.ts';
import { measureMemory, measureProcessor } from './idle.ts';
import { measureFloatingIp, measurePort, measureServer } from './packets.ts';

const rounds = 5;
// a node's programs finish their start in this time: compiled code, first reports, the broker's own housekeeping
const settleSeconds = 25;
const idleSeconds = 60;

const figures: Figure[] = [];
const say = (text: string) => void process.stderr.write(`${text}\n`);

async function repeat(count: number, measure: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < count; round++) samples.push(await measure());
  return samples;
}

async function measureFinished(lab: ProofLab): Promise<void> {
  const demo = await signIn(lab, 'openrc-demo');
  const admin = await signIn(lab, 'openrc-admin');
  figures.push(
    {
      what: 'server create to ping answered',
      unit: 's',
      atMost: 3,
      samples: await repeat(rounds, () => measureServer(lab, demo)),
    },
    {
      what: 'floatingip-associate to first answer from outside',
      unit: 's',
      atMost: 1,
      samples: await repeat(rounds, () => measureFloatingIp(lab, demo)),
    },
    {
      what: 'port created and plugged to ACTIVE',
      unit: 'ms',
      atMost: 500,
      samples: await repeat(rounds, () => measurePort(lab, admin)),
    },
  );
}

await interruptible(async (signal) => {
  const engine = await openEngine();
  const images = await prepareImages(engine, signal);
  const inner = createEnginePlatform(engine, { images, imagesFolder: folders.images, nameOf: () => 'bench' });
  let pausedMs = 0;
  const paused = async (measure: () => Promise<void>) => {
    const began = performance.now();
    await measure();
    pausedMs += performance.now() - began;
  };
  const platform: ProofPlatform = {
    start: async (lab, options) => {
      const began = performance.now();
      const running = await inner.start(lab, options);
      const samples = [(performance.now() - began) / 1000];
      figures.push({
        what: 'lab of five nodes: start to API and all agents alive',
        unit: 's',
        atMost: 15,
        samples,
      });
      await paused(async () => {
        say('measuring the idle lab');
        await wait(settleSeconds * 1000);
        figures.push(
          {
            what: 'idle processor time of the lab',
            unit: '% of a core',
            atMost: 5,
            samples: [await measureProcessor(running, idleSeconds)],
          },
          {
            what: 'idle memory of the five nodes (PSS)',
            unit: 'MB',
            atMost: 700,
            samples: [await measureMemory(running)],
          },
        );
      });
      return running;
    },
  };
  const lab = await readLab(folders.labs, 'ovs-vlan-one-tenant');
  const report = await proveLab(lab, {
    ...{ platform, isWhole: false, isKept: false, signal, onProgress: say },
    onFinished: (running) => paused(() => measureFinished(running)),
  });
  const samples = [(report.milliseconds - pausedMs) / 1000];
  figures.push({ what: 'the whole first lab proven headless', unit: 's', atMost: 90, samples });
  process.stdout.write(`${reportFigures(figures, process.argv[2] ?? 'text')}\n`);
  if (report.outcome !== 'proven') {
    say(`The lab was not proven: ${report.outcome} ${report.note ?? ''}`);
    process.exitCode = 1;
  }
});
