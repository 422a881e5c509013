// Where a lab's nodes come from.
import type { Lab } from '../catalog/types.ts';
import type { Engine } from '../engine/engine.ts';
import { createLab } from '../labs/create.ts';
import type { OnLabEvent } from '../labs/events.ts';
import { defaultSpec, type LabSpec, type NodeKind } from '../labs/spec.ts';

export interface Supply {
  /**
   * Nodes for a lab under `name`, wired and with a cloud that answers. Throws as `createLab` does; what fails or is
   * aborted leaves nothing behind.
   */
  take(request: { lab: Lab; name: string; signal: AbortSignal; onEvent: OnLabEvent }): Promise<void>;
}

export const specOf = (lab: Lab, name: string): LabSpec => defaultSpec(name, { entry: lab.id, ...lab.cloud });

export interface SupplyParts {
  engine: Engine;
  images: Record<NodeKind, string>;
  /** The repository's `images` folder. */
  imagesFolder: string;
}

export function createSupply({ engine, images, imagesFolder }: SupplyParts): Supply {
  return {
    async take({ lab, name, signal, onEvent }) {
      const options = { images, imagesFolder, onEvent, signal, isCloudAwaited: true };
      await createLab(engine, specOf(lab, name), options);
    },
  };
}
