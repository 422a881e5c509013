// Ctrl-C: the first one asks what runs to stop and clean up, the second one ends at once.

/** Calls a function with a signal that SIGINT, SIGTERM or SIGHUP abort. */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\npatchbay: stopping and cleaning up (again to end at once)\n`);
    process.exitCode = 130;
    controller.abort(new Error(`Stopped by ${name}`));
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, stop);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
