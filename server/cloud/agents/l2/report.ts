// Tells the server which ports are up and which went down. A memory of what was said, never of what is.
import type { Plugin } from './desired.ts';

export interface PortStates {
  up: string[];
  /** Here, but switched off. */
  down: string[];
  /** Everything that is plugged in here. */
  plugged: string[];
}

export interface PortReport {
  /** Tells what changed since it was told last; throws when the server did not take it, and then tells everything. */
  tell(states: PortStates): Promise<void>;
  /** The server may have forgotten: everything is told again. */
  forgetAll(): void;
}

export function createPortReport(plugin: Plugin, log: { info(message: string): void }): PortReport {
  let told = new Map<string, 'up' | 'down'>();
  let tellsAll = true;
  return {
    tell: async ({ up, down, plugged }) => {
      const isAll = tellsAll;
      tellsAll = false;
      const gone = [...told]
        .filter(([id, state]) => state === 'up' && !plugged.includes(id))
        .map(([id]) => id);
      const newUp = up.filter((id) => isAll || told.get(id) !== 'up');
      const newDown = [...down.filter((id) => isAll || told.get(id) !== 'down'), ...gone];
      if (newUp.length + newDown.length === 0) return;
      try {
        await plugin.reportDevices(newUp, newDown);
      } catch (error) {
        tellsAll = true;
        throw error;
      }
      if (!isAll) log.info(`Reported ${newUp.length} ports up, ${newDown.length} down`);
      told = new Map([...up.map((id) => [id, 'up'] as const), ...down.map((id) => [id, 'down'] as const)]);
    },
    forgetAll: () => (tellsAll = true),
  };
}
