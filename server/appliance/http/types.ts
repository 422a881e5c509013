// The console's HTTP and WebSocket contract, shared by the appliance and web/. Shapes only: no code.
//
//   GET    /api/catalog                                 CatalogEntry[]
//   GET    /api/catalog/:entry/guide                    Guide
//   POST   /api/labs                   StartLab      -> LabState      202: it starts, progress is pushed
//   DELETE /api/labs/:lab                               202: it is taken down, progress is pushed
//   POST   /api/labs/:lab/reset                         202: fresh nodes, every step open again
//   POST   /api/labs/:lab/bring        BringTo          202: fresh nodes, the solutions of steps 1 to `step` replayed
//   POST   /api/labs/:lab/resume                        202: fresh nodes, the steps that had passed replayed
//   POST   /api/labs/:lab/repair                        202: mends what `problem.remedies` says can be mended
//   POST   /api/labs/:lab/restart                       202: starts the nodes that have stopped
//   POST   /api/labs/:lab/restart                       202: nodes that have stopped are started
//   POST   /api/labs/:lab/extend                        202: the clock gets more time
//   POST   /api/labs/:lab/steps/:n/open              -> StepState     opens a shut step; 409 under hard gating
//   POST   /api/labs/:lab/steps/:n/hint              -> StepState     opens the next hint; 409 when none is left
//   POST   /api/labs/:lab/steps/:n/check             -> StepState
//   GET    /api/labs/:lab/steps/:n/solution             Solution
//   POST   /api/labs/:lab/terminals    OpenTerminal  -> TerminalState
//   DELETE /api/labs/:lab/terminals/:id                 204: its process is ended
//   WS     /api/events                                  ConsoleEvent, server to client only
//   WS     /api/labs/:lab/terminals/:id?viewer=ID&after=OFFSET
//                                                       TerminalRequest in; TerminalMessage and output frames out.
//                                                       A viewer that comes again replaces its older socket.
//
// Errors are ApiProblem with 400, 401, 403, 404, 409 or 500.

import type { NodePlumbing } from './plumbing-types.ts';

export type * from './author-types.ts';
export type * from './plumbing-types.ts';

/** What went wrong, for a person: what, which, what next. */
export interface ApiProblem {
  title: string;
  detail: string;
}

/** Where a command is typed: a node's name ('controller') or an instance ('vm:vm01'). */
export type Place = string;

/** A command and the place it is meant for. */
export interface PlacedCommand {
  place: Place;
  text: string;
}

// ---- catalog and guide text

export interface CatalogEntry {
  id: string;
  title: string;
  level: 'beginner' | 'intermediate' | 'advanced';
  minutes: number;
  /** Chapter of the OpenStack Networking Guide, as printed on the card. */
  chapter: string;
  summary: string;
  /** What the learner will be able to do, one sentence each. */
  outcomes: string[];
  stepCount: number;
  nodeNames: string[];
  /** ISO time of the last full proof of this lab on this machine. */
  lastProvenAt?: string;
  /** Labs of it that stand ready and are given out at once. */
  warm?: number;
  /** What starting it takes from the machine. */
  needs?: { memoryMegabytes: number; processorPercent: number };
  /** Why it cannot be started (an invalid lab.yaml: file, line, field). */
  problem?: string;
}

/** A run of text inside a block. */
export type Span =
  | { kind: 'text' | 'code' | 'strong' | 'emphasis'; text: string }
  | { kind: 'link'; text: string; href: string };

/** Guide text, parsed on the server, so that the browser never renders foreign HTML. */
export type Block =
  | { kind: 'paragraph'; spans: Span[] }
  | { kind: 'heading'; level: number; spans: Span[] }
  | { kind: 'list'; isOrdered: boolean; items: Block[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'table'; header: Span[][]; rows: Span[][][] }
  | { kind: 'commands'; commands: PlacedCommand[] }
  | { kind: 'listing'; text: string };

export interface GuideStep {
  number: number;
  title: string;
  blocks: Block[];
  hasSolution: boolean;
}

export interface Guide {
  entry: string;
  title: string;
  introduction: Block[];
  steps: GuideStep[];
}

export interface Solution {
  step: number;
  commands: PlacedCommand[];
}

// ---- a running lab

/** A failure of the appliance or of a node, not of the learner. */
export interface LabProblem {
  /** One sentence: which node, which step of starting, what happened. */
  message: string;
  node?: string;
  /** Last lines of the log of what failed. */
  logTail?: string[];
  remedy?: string;
  /** What one click can do about it, the mildest first. */
  remedies?: Remedy[];
}

/**
 * queued: waits for room, see `queue`. replaying: solutions are typed, see `replay`. repairing: a fault is being mended.
 * ended: its time ran out and its nodes are gone, its progress is kept; resume brings it back.
 */
export type LabPhase =
  'queued' | 'starting' | 'replaying' | 'ready' | 'repairing' | 'stopping' | 'broken' | 'ended';

/**
 * Whether a step waits until the one before it has passed. free: no. soft: it is shut until then or until it is opened by
 * hand. hard: it stays shut. A shut step's text can be read; its check, hints and solution answer 409.
 */
export type Gating = 'free' | 'soft' | 'hard';

/** One-click ways out of a problem. `restart` starts nodes that have stopped. */
export type Remedy = 'repair' | 'restart' | 'reset' | 'resume';

/** A lab's place among those that wait for memory and processor. */
export interface QueuePlace {
  /** From 1. */
  position: number;
  length: number;
  /** What is needed and what is free, as a sentence. */
  reason: string;
}

/** When a lab ends by itself; told before, and nothing is lost by it. */
export interface LabClock {
  /** ISO time. */
  endsAt: string;
  /** What one extension adds. */
  extendMinutes: number;
}

/** How far a replay of solutions is. */
export interface Replay {
  /** The step being typed, from 1. */
  step: number;
  /** The last one to be typed. */
  until: number;
  /** What is being typed now. */
  command?: PlacedCommand;
  /** Commands of all steps that have been typed, and how many there are. */
  commandsDone?: number;
  commandsTotal?: number;
}

/** What changes of a lab as a whole; nodes, steps, instances, terminals and plumbing are pushed one by one. */
export interface LabHead {
  id: string;
  entry: string;
  title: string;
  phase: LabPhase;
  /** What is being done now, so that no wait is without a reason. */
  doing?: string;
  /** ISO time. */
  startedAt: string;
  readyAt?: string;
  problem?: LabProblem;
  wires: Wire[];
  gating: Gating;
  queue?: QueuePlace;
  clock?: LabClock;
  replay?: Replay;
}

export interface LabState extends LabHead {
  nodes: NodeState[];
  steps: StepState[];
  instances: InstanceState[];
  terminals: TerminalState[];
  /** Of the nodes that tell of themselves, by name; a node that is starting or has stopped does not. */
  plumbing?: NodePlumbing[];
}

/** A physical network between the nodes. */
export interface Wire {
  /** 'management', 'external', 'data'. */
  name: string;
  /** What runs over it, in a few words. */
  purpose?: string;
  cidr?: string;
}

export interface Nic {
  /** 'mgmt0', 'eth0', 'eth1'. */
  name: string;
  wire: string;
  address?: string;
}

export type NodePhase = 'waiting' | 'starting' | 'ready' | 'failed' | 'stopped';

export interface NodeState {
  name: string;
  role: string;
  phase: NodePhase;
  /** 0 to 1. */
  progress: number;
  /** What the node is doing or waiting for; empty when ready. */
  doing: string;
  nics: Nic[];
}

export interface InstanceState {
  name: string;
  /** The compute node it runs on, once scheduled. */
  node?: string;
  /** Nova's word: BUILD, ACTIVE, SHUTOFF, ERROR. */
  status: string;
  addresses: string[];
}

/** 'broken': the lab itself cannot answer, whatever the learner did. */
export type Verdict = 'passed' | 'failed' | 'broken';

/** One check's answer: what was seen, what was expected, where to look, and a command to see it. */
export interface CheckVerdict {
  /** What the check asserts, as a short sentence. */
  name: string;
  verdict: Verdict;
  observed: string;
  expected: string;
  where: string;
  command?: PlacedCommand;
}

export interface StepState {
  number: number;
  title: string;
  /** A check is running now. */
  isChecking: boolean;
  /** Which, by name. */
  checkingNow?: string;
  /** Times Check was pressed. */
  attempts: number;
  /** Worst of the checks of the last attempt; none before the first. */
  verdict?: Verdict;
  /** Ordered from cause to effect; checks after the first that did not pass may be left out. */
  checks: CheckVerdict[];
  /** ISO time of the last attempt. */
  checkedAt?: string;
  /** Gating keeps it shut until the step before it has passed. */
  isShut?: boolean;
  /** ISO time it first passed on these nodes or was brought over to them; it stays passed when a later attempt fails. */
  passedAt?: string;
  /** Its solution was typed by a replay, not by the learner. */
  isReplayed?: boolean;
  /** Hints opened so far, the vaguest first: those of the check that failed first. Failing it twice opens one. */
  hints: string[];
  /** Hints not opened yet. */
  hintsLeft: number;
}

export interface StartLab {
  entry: string;
}

export interface BringTo {
  /** Number of the step at whose end the lab shall stand; 0 is the start. */
  step: number;
}

// ---- events

export interface ConsoleState {
  /** Who is signed in, 'local' by the link of `patchbay up`; the labs are theirs. */
  learner: string;
  labs: LabState[];
  /** Labs that are ready at once, by id of the catalog's entry. */
  warm?: Record<string, number>;
}

/** The first event on a socket is a snapshot; each later one has the next sequence number. On a gap: reconnect. */
export type ConsoleEvent = { sequence: number } & (
  | { type: 'snapshot'; state: ConsoleState }
  | { type: 'changed'; change: LabChange }
  /** How many labs are ready at once has changed; replaces what was told before. */
  | { type: 'catalog'; warm: Record<string, number> }
);

export type LabChange =
  | { kind: 'lab-added'; lab: LabState }
  | { kind: 'lab-removed'; lab: string }
  | { kind: 'head'; lab: string; head: LabHead }
  | { kind: 'node'; lab: string; node: NodeState }
  | { kind: 'step'; lab: string; step: StepState }
  | { kind: 'instances'; lab: string; instances: InstanceState[] }
  | { kind: 'terminals'; lab: string; terminals: TerminalState[] }
  /** Without `plumbing` the node has stopped telling. */
  | { kind: 'plumbing'; lab: string; node: string; plumbing?: NodePlumbing };

// ---- terminals

export interface OpenTerminal {
  place: Place;
  columns: number;
  rows: number;
}

/** A terminal lives until it is closed or its process ends, whatever happens to the browsers looking at it. */
export interface TerminalState {
  id: string;
  place: Place;
  /** How the tab reads: 'controller', 'controller 2', 'vm01'. */
  title: string;
}

/**
 * Browser to server, as JSON text frames. `acknowledge` tells how far the output was drawn; the server sends at most a
 * window beyond it, so that Ctrl-C works while a program floods the screen. Only the owner's `resize` counts.
 */
export type TerminalRequest =
  | { type: 'input'; data: string }
  | { type: 'resize'; columns: number; rows: number }
  | { type: 'acknowledge'; offset: number }
  | { type: 'own-size' };

/**
 * Server to browser, as JSON text frames. Output itself comes as binary frames: 8 bytes with the offset of its first
 * byte in all output so far (float64, big endian), then the bytes. `opened` comes first and tells where replay begins
 * and ends; `gap` tells that output before its offset is lost to this viewer.
 */
export type TerminalMessage =
  | { type: 'opened'; offset: number; replayUntil: number; isOwner: boolean; columns: number; rows: number }
  | { type: 'size'; isOwner: boolean; columns: number; rows: number }
  | { type: 'gap'; offset: number }
  | { type: 'ended'; reason: string };
