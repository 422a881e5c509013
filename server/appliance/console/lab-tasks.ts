// What is being done to labs: one task per lab at a time. A new task ends the one that runs and begins after it.

export interface LabTasks {
  isBusy(id: string): boolean;
  /**
   * Begins `task` once the lab's earlier one, told to end with `reason`, is over. A task tells its failure itself; one
   * that throws without having been aborted is logged.
   */
  run(id: string, task: (signal: AbortSignal) => Promise<void>, reason: string): void;
  /** Ends all tasks and begins no more. */
  close(reason: string): Promise<void>;
}

interface Running {
  abort: AbortController;
  done: Promise<void>;
}

/** @param onIdle called with a lab's id when nothing is being done to it any more */
export function createLabTasks(
  onIdle: (id: string) => void,
  log: { error(message: string): void },
): LabTasks {
  const running = new Map<string, Running>();
  let closedFor: string | undefined;

  return {
    isBusy: (id) => running.has(id),
    run(id, task, reason) {
      if (closedFor !== undefined) throw new Error(closedFor);
      const before = running.get(id);
      before?.abort.abort(new Error(reason));
      const abort = new AbortController();
      const { signal } = abort;
      const work = async () => {
        await before?.done;
        if (!signal.aborted) await task(signal);
      };
      const done = work()
        .catch((error: unknown) => {
          if (!signal.aborted)
            log.error(`Lab ${id}: ${error instanceof Error ? error.message : String(error)}`);
        })
        .finally(() => {
          if (running.get(id) !== own) return;
          running.delete(id);
          if (closedFor === undefined) onIdle(id);
        });
      const own = { abort, done };
      running.set(id, own);
    },
    async close(reason) {
      closedFor = reason;
      for (const { abort } of running.values()) abort.abort(new Error(reason));
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
