// Why a lab cannot be had, told apart by what the caller does about it.

/** The name is taken; `patchbay down NAME` frees it. */
export class LabExists extends Error {
  constructor(lab: string) {
    super(`A lab named '${lab}' exists already. 'patchbay down ${lab}' removes it.`);
    this.name = 'LabExists';
  }
}

/** The start failed; everything made for the lab is removed again. */
export class LabStartFailed extends Error {
  readonly node: string | undefined;
  /** Last lines of the failing node's logs. */
  readonly logTail: string[];
  constructor(message: string, node?: string, logTail: string[] = []) {
    super([message, ...logTail.map((line) => `  ${line}`)].join('\n'));
    this.name = 'LabStartFailed';
    this.node = node;
    this.logTail = logTail;
  }
}

/** The start failed, and what was made for the lab could not be removed either: the engine is gone, for one. */
export class LabLeftBehind extends Error {
  /** What to type once the engine answers again. */
  readonly remedy: string;
  constructor(lab: string, reason: string, why: string) {
    const remedy = `Once the engine answers, 'patchbay down ${lab}' removes what is left.`;
    super(`${reason}\nWhat was made could not be removed: ${why}. ${remedy}`);
    this.name = 'LabLeftBehind';
    this.remedy = remedy;
  }
}
