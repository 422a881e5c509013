// What can go wrong with an engine, told apart by what the caller does about it.

/** No engine answers where one was looked for. */
export class EngineUnreachable extends Error {
  constructor(places: string[]) {
    super(`No Docker engine answers at ${places.join(' or ')}. 'patchbay doctor' says what to do.`);
    this.name = 'EngineUnreachable';
  }
}

/** What to do about a reason that names no remedy of its own; nothing where there is none to name. */
const remedyFor = (reason: string) =>
  /no space left on device/i.test(reason)
    ? "\nThe disk is full: 'docker system df' shows what the engine keeps there, 'docker image prune' frees some of it."
    : '';

/** The engine refused; `status` is that of its HTTP API (404 missing, 409 taken, 500 failed). */
export class EngineRefused extends Error {
  readonly status: number;
  constructor(doing: string, status: number, reason: string) {
    super(`${doing}: ${reason}${remedyFor(reason)}`);
    this.name = 'EngineRefused';
    this.status = status;
  }
}

/** An image could not be built; `output` holds the last lines of the build. */
export class BuildFailed extends Error {
  readonly output: string;
  constructor(image: string, reason: string, output: string) {
    super(`The image '${image}' could not be built: ${reason}\n${output}${remedyFor(`${reason}${output}`)}`);
    this.name = 'BuildFailed';
    this.output = output;
  }
}

interface DockerFailure {
  statusCode?: number;
  json?: { message?: string };
  message?: string;
}

/** Runs one call of the engine's API; a refusal becomes an EngineRefused that says what was being done. */
export async function asking<T>(doing: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const failure = error as DockerFailure;
    throw new EngineRefused(
      doing,
      failure.statusCode ?? 0,
      failure.json?.message ?? failure.message ?? String(error),
    );
  }
}

/** An engine answers a question about what it has at once; one that is overloaded within this. */
const answerWithinMs = 30_000;

/** As `asking`, for questions: an engine that does not answer is an EngineRefused too, of status 0. */
export async function askingSoon<T>(doing: string, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    const late = () => reject(new EngineRefused(doing, 0, `no answer within ${answerWithinMs / 1000} s`));
    timer = setTimeout(late, answerWithinMs);
  });
  try {
    return await Promise.race([asking(doing, call), overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** For removals: what is already gone is as good as removed. */
export async function unlessMissing(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const status = error instanceof EngineRefused ? error.status : 0;
    // 409 on a container: its removal is already in progress.
    if (status !== 404 && status !== 409) throw error;
  }
}
