// Level-triggered reconciling: an event carries a key, the truth is read, the difference is applied, one pass per key at a time.
// Shared by the agents (keys are routers, networks, a host) and by the appliance (keys are labs). No I/O of its own.

/** The one thing every step has; `reason` is one sentence for people. */
export interface Step {
  kind: string;
  reason: string;
}

export interface ReconcilerLog {
  debug(message: string): void;
  info(message: string): void;
  error(message: string): void;
}

/** How a pass over one key ended. */
export interface PassResult<Desired, S extends Step> {
  desired: Desired | undefined;
  steps: S[];
  error?: Error;
}

export interface ReconcilerOptions<Desired, Actual, S extends Step> {
  /** For the log: 'router', 'network'. */
  name: string;
  /** The wanted state of a key, or undefined when it should not be here. */
  fetch(key: string): Promise<Desired | undefined>;
  /** Wanted states of many keys in one call, used for full passes; keys not in the answer should not be here. */
  fetchMany?(keys: string[]): Promise<Map<string, Desired>>;
  /** What the host has now; `desired` tells what to look for. */
  read(key: string, desired: Desired | undefined): Promise<Actual>;
  /** Ordered steps from actual to desired; pure. */
  plan(key: string, desired: Desired | undefined, actual: Actual): S[];
  /** Does the steps, each safe to repeat. */
  apply(key: string, steps: S[]): Promise<void>;
  /** Keys that should be here. */
  listWanted(): Promise<string[]>;
  /** Keys found on the host. */
  listFound(): Promise<string[]>;
  onResult?(key: string, result: PassResult<Desired, S>): void | Promise<void>;
  log: ReconcilerLog;
  /** Seconds between full passes. */
  resyncSeconds?: number;
  /** Keys worked on at once. */
  parallel?: number;
}

export interface Reconciler<S extends Step> {
  /** Asks for a pass over a key; during a pass over it, for one more. */
  add(key: string): void;
  addMany(keys: Iterable<string>): void;
  /** Full pass: everything wanted and everything found. Resolves when the keys are queued; retried when listing fails. */
  resync(): Promise<void>;
  /** Full pass now and every `resyncSeconds`. */
  start(): Promise<void>;
  /** No new passes; resolves when the running ones have ended. */
  stop(): Promise<void>;
  /** Resolves when nothing is queued or running and no key waits to be retried. */
  settle(): Promise<void>;
  /** Steps a pass over the key would do now. */
  dryRun(key: string): Promise<S[]>;
  /** Steps full pass would do now, by key, keys without steps left out. */
  verify(): Promise<Map<string, S[]>>;
}

interface KeyState {
  running: boolean;
  dirty: boolean;
  failures: number;
  retry?: NodeJS.Timeout | undefined;
}

/** What went wrong (a full disk) may be right again without a word: no key waits longer than people would. */
const longestWaitMs = 4000;

export function createReconciler<Desired, Actual, S extends Step>(
  options: ReconcilerOptions<Desired, Actual, S>,
): Reconciler<S> {
  const { name, log, resyncSeconds = 30, parallel = 4 } = options;
  const states = new Map<string, KeyState>();
  const queue = new Set<string>();
  const prefetched = new Map<string, Promise<Map<string, Desired>>>();
  const waiters = new Set<() => void>();
  let active = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let resyncRetry: NodeJS.Timeout | undefined;
  let beganAt = 0;
  /** Keys of the first full pass; undefined once its end was told. */
  let firstCount: number | undefined = -1;

  const stateOf = (key: string): KeyState => {
    let state = states.get(key);
    if (state === undefined) states.set(key, (state = { running: false, dirty: false, failures: 0 }));
    return state;
  };

  function add(key: string): void {
    prefetched.delete(key);
    enqueue(key);
  }

  function enqueue(key: string): void {
    if (stopped) return;
    const state = stateOf(key);
    clearTimeout(state.retry);
    state.retry = undefined;
    if (state.running) state.dirty = true;
    else queue.add(key);
    pump();
  }

  function pump(): void {
    while (!stopped && active < parallel) {
      const key = queue.values().next().value;
      if (key === undefined) break;
      queue.delete(key);
      active += 1;
      const state = stateOf(key);
      state.running = true;
      void pass(key, state).finally(() => {
        active -= 1;
        state.running = false;
        if (state.dirty) {
          state.dirty = false;
          queue.add(key);
        } else if (state.retry === undefined) states.delete(key);
        pump();
        wakeIfIdle();
      });
    }
  }

  async function pass(key: string, state: KeyState): Promise<void> {
    const result: PassResult<Desired, S> = { desired: undefined, steps: [] };
    try {
      const early = prefetched.get(key);
      prefetched.delete(key);
      result.desired = early === undefined ? await options.fetch(key) : (await early).get(key);
      result.steps = options.plan(key, result.desired, await options.read(key, result.desired));
      for (const step of result.steps) log.debug(`${name} ${key}: ${step.kind}: ${step.reason}`);
      if (result.steps.length > 0) await options.apply(key, result.steps);
      state.failures = 0;
    } catch (error) {
      result.error = error instanceof Error ? error : new Error(String(error));
    }
    try {
      await options.onResult?.(key, result);
    } catch (error) {
      result.error ??= error instanceof Error ? error : new Error(String(error));
    }
    if (result.error !== undefined) retryLater(key, state, result.error);
  }

  function retryLater(key: string, state: KeyState, error: Error): void {
    const waitMs = Math.min(1000 * 2 ** state.failures, longestWaitMs);
    state.failures += 1;
    log.error(`${name} ${key}: ${error.message}; next try in ${waitMs / 1000} s`);
    if (!stopped && !state.dirty) state.retry = setTimeout(() => enqueue(key), waitMs);
  }

  const isIdle = () =>
    active === 0 && queue.size === 0 && [...states.values()].every((s) => s.retry === undefined);
  function wakeIfIdle(): void {
    if (!isIdle() && !stopped) return;
    if (!stopped && firstCount !== undefined && firstCount >= 0) {
      const seconds = ((performance.now() - beganAt) / 1000).toFixed(2);
      log.info(`Everything is in step: ${name} x ${firstCount}, ${seconds} s after the start`);
      firstCount = undefined;
    }
    for (const wake of waiters) wake();
    waiters.clear();
  }

  async function listKeys(): Promise<{ keys: string[]; desired?: Promise<Map<string, Desired>> }> {
    const [wanted, found] = await Promise.all([options.listWanted(), options.listFound()]);
    const keys = [...new Set([...wanted, ...found])];
    if (options.fetchMany === undefined || keys.length === 0) return { keys };
    const desired = options.fetchMany(keys);
    desired.catch(() => undefined); // each pass meets the failure itself
    return { keys, desired };
  }

  async function resync(): Promise<void> {
    clearTimeout(resyncRetry);
    try {
      const { keys, desired } = await listKeys();
      for (const key of keys) {
        if (desired !== undefined) prefetched.set(key, desired);
        enqueue(key);
      }
      if (firstCount === -1) firstCount = keys.length;
      wakeIfIdle();
    } catch (error) {
      log.error(`${name}: full pass could not list its keys: ${(error as Error).message}`);
      if (!stopped) resyncRetry = setTimeout(() => void resync(), 1000);
    }
  }

  async function dryRun(key: string): Promise<S[]> {
    const desired = await options.fetch(key);
    return options.plan(key, desired, await options.read(key, desired));
  }

  return {
    add,
    addMany: (keys) => {
      for (const key of keys) add(key);
    },
    resync,
    start: async () => {
      beganAt = performance.now();
      timer = setInterval(() => void resync(), resyncSeconds * 1000);
      await resync();
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      clearTimeout(resyncRetry);
      queue.clear();
      for (const state of states.values()) {
        clearTimeout(state.retry);
        state.retry = undefined;
      }
      if (active > 0) await new Promise<void>((resolve) => waiters.add(resolve));
    },
    settle: () => (isIdle() ? Promise.resolve() : new Promise<void>((resolve) => waiters.add(resolve))),
    dryRun,
    verify: async () => {
      const { keys, desired } = await listKeys();
      const wanted = await desired;
      const plans = new Map<string, S[]>();
      for (const key of keys) {
        const target = wanted === undefined ? await options.fetch(key) : wanted.get(key);
        const steps = options.plan(key, target, await options.read(key, target));
        if (steps.length > 0) plans.set(key, steps);
      }
      return plans;
    },
  };
}
