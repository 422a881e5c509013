// Tests of the lists that are not run, each with what the cloud lacks for it. Nothing else may be skipped.
export const leftOut: Record<string, string> = {};

/** Why a test is not run; undefined: it is. */
export const reasonToLeaveOut = (id: string): string | undefined => leftOut[id.replace(/\[.*$/, '')];
