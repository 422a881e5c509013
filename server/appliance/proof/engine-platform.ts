// Starts the labs that are to be proven, on a container engine.
import type { Lab } from '../catalog/types.ts';
import type { Engine } from '../engine/engine.ts';
import { createLab } from '../labs/create.ts';
import type { LabEvent } from '../labs/events.ts';
import { defaultSpec } from '../labs/spec.ts';
import type { LabImages } from '../labs/spec.ts';
import { attachLab } from './attach-lab.ts';
import type { ProofPlatform } from './deps.ts';

export interface PlatformOptions {
  images: LabImages;
  imagesFolder: string;
  /** Name of the lab that is started for a folder. */
  nameOf: (lab: Lab) => string;
}

export function createEnginePlatform(engine: Engine, options: PlatformOptions): ProofPlatform {
  return {
    start: async (lab, { signal, onProgress }) => {
      const name = options.nameOf(lab);
      const spec = defaultSpec(name, { entry: lab.id, ...lab.cloud });
      const onEvent = (event: LabEvent) => onProgress(describeEvent(event));
      const { images, imagesFolder } = options;
      await createLab(engine, spec, { images, imagesFolder, onEvent, signal, isCloudAwaited: true });
      return attachLab(engine, name, onEvent);
    },
  };
}

function describeEvent(event: LabEvent): string {
  return event.kind === 'lab' ? event.detail : `${event.node}: ${event.detail}`;
}
