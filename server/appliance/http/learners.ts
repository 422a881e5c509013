// Who is who: a learner's name, and whose a lab is. Learners see and reach their own labs and nothing of another's.
import type { RunningLab } from './deps.ts';

/** Whoever opens the link that `patchbay up` prints; theirs are also the labs that the command line started. */
export const localLearner = 'local';

/** What a name may look like, for a message. */
export const learnerNames = '1 to 40 of a to z, 0 to 9, - and _, a letter or digit first';

export const isLearnerName = (text: string): boolean => /^[a-z0-9][a-z0-9_-]{0,39}$/.test(text);

export const isOwnLab = (learner: string, lab: RunningLab): boolean => lab.learner === learner;
