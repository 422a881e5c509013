// A lab as read from its folder. `read-lab.ts` builds these; everything else only looks at them.
import type { Place } from '../http/types.ts';
import type { CloudShape } from '../labs/cloud-shape.ts';

/** A command a learner types: where, what, and the line it stands on in its file. */
export interface LabCommand {
  place: Place;
  text: string;
  line: number;
}

/** One assertion about the lab, as written in `checks/NN.yaml`. */
export interface Check {
  /** A short sentence that is true once the check passes; unique in its step. */
  name: string;
  /** A name of `checks/kinds.ts`. */
  kind: string;
  /** The kind's arguments, validated by its schema; placeholders such as {router:router01} still in them. */
  args: unknown;
  /** The kind must not hold (`not:`). */
  isNegated: boolean;
  /** True before the step as well as after it: proves the ground the step stands on. */
  isGuard: boolean;
  /** Names of earlier checks of the step without which this one says nothing. */
  needs: string[];
  /** How long the check may wait for the cloud to converge. */
  withinSeconds: number;
  /** What the learner reads instead of the kind's own words. */
  where?: string;
  /** Opened one after the other while the check keeps failing: the vaguest first, the last all but says it. */
  hints: string[];
  file: string;
  line: number;
}

export interface Step {
  /** From 1. */
  number: number;
  /** As in the file name NN-<slug>.md. */
  slug: string;
  title: string;
  /** The text without its title, as written. */
  markdown: string;
  /** Commands shown in the text. */
  shown: LabCommand[];
  solution: LabCommand[];
  checks: Check[];
  /** The file of the text, relative to the folder of all labs. */
  file: string;
}

/** A plausible wrong answer to one step and the one check it trips. */
export interface Mistake {
  slug: string;
  title: string;
  /** Number of the step whose solution it replaces. */
  step: number;
  /** Name of the check of that step that must fail, and no other. */
  trips: string;
  instead: LabCommand[];
  /** Brings the lab back to where the step began. */
  undo: LabCommand[];
  file: string;
}

/** Something that breaks what a right answer built, and how it is mended. */
export interface Fault {
  slug: string;
  title: string;
  /** Number of the step after whose solution it is injected. */
  step: number;
  /** Name of the first check of that step that no longer holds. */
  trips: string;
  inject: LabCommand[];
  fix: LabCommand[];
  /** What somebody sees of it, in a sentence. */
  symptom: string;
  /** What is wrong, in a sentence. */
  cause: string;
  file: string;
}

export interface Lab {
  /** Name of the folder. */
  id: string;
  folder: string;
  title: string;
  level: 'beginner' | 'intermediate' | 'advanced';
  minutes: number;
  chapter: string;
  summary: string;
  outcomes: string[];
  /** Whether a step opens only after the one before it passed. */
  gating: 'free' | 'soft' | 'hard';
  /** What it asks of the cloud it runs on. */
  cloud: CloudShape;
  /** Every node of the lab, in starting order. */
  nodeNames: string[];
  steps: Step[];
  mistakes: Mistake[];
  faults: Fault[];
  /** Files of the folder, relative to it, that look like part of a step and belong to none. */
  strays: string[];
}

/** Something wrong in a lab's folder, at a place somebody can open. */
export interface Problem {
  /** Relative to the folder of all labs. */
  file: string;
  /** From 1. */
  line: number;
  /** Dotted path in the file, or empty. */
  field: string;
  message: string;
}
