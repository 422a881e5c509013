// Who a lab belongs to that was made before anybody asked for it: nobody until it is claimed.
import type { Engine } from '../engine/engine.ts';
import { claimName, entryLabel, labLabel } from './names.ts';

/** Gives a warm lab to whoever started `entry`: from then on it is a lab like any other. */
export const claimLab = (engine: Engine, lab: string, entry: string): Promise<void> =>
  // Labels of a network cannot be changed; a volume of the lab's goes with it when it is taken down.
  engine.createVolume(claimName(lab), { [labLabel]: lab, [entryLabel]: entry });
