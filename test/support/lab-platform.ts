// Real labs for test/lab: images built when their sources changed, labs named so that they are no one else's.
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import type { Engine } from '../../server/appliance/engine/engine.ts';
import type { ProofPlatform } from '../../server/appliance/proof/deps.ts';
import { createEnginePlatform } from '../../server/appliance/proof/engine-platform.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { ensureNodeImages } from '../../server/appliance/set-up/node-images.ts';

export interface LabPlatform {
  engine: Engine;
  platform: ProofPlatform;
  labsFolder: string;
}

export async function labPlatform(prefix = 'test'): Promise<LabPlatform> {
  const engine = await connectEngine(process.env);
  const images = await ensureNodeImages(engine, { onBuild: () => undefined });
  const platform = createEnginePlatform(engine, {
    ...{ images, imagesFolder: folders.images },
    nameOf: ({ id }) => `${prefix}-${id}`,
  });
  return { engine, platform, labsFolder: folders.labs };
}
