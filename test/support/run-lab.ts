// Runs one lab from images that are there already; ends with the code of `patchbay run`.
//   node test/support/run-lab.ts LAB IMAGES-AS-JSON
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import type { LabImages } from '../../server/appliance/labs/spec.ts';
import { createEnginePlatform } from '../../server/appliance/proof/engine-platform.ts';
import { runLabs } from '../../server/appliance/proof/run-labs.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';

const [id = '', images = '{}'] = process.argv.slice(2);
const engine = await connectEngine(process.env);
process.exitCode = await runLabs({
  ...{ labsFolder: folders.labs, ids: [id], isWhole: false, isKept: false, jobs: 1, format: 'text' },
  signal: new AbortController().signal,
  preparePlatform: () =>
    Promise.resolve(
      createEnginePlatform(engine, {
        images: JSON.parse(images) as LabImages,
        imagesFolder: folders.images,
        nameOf: (lab) => `test-${lab.id}`,
      }),
    ),
  onProgress: (text) => void process.stderr.write(`${text}\n`),
  onReport: (text) => void process.stdout.write(text),
});
