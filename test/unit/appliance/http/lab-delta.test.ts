// What the server sends and what the page makes of it are two halves of one thing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { labChanges } from '../../../../server/appliance/http/lab-delta.ts';
import type { ConsoleEvent, LabState, NodePlumbing } from '../../../../server/appliance/http/types.ts';
import { applyEvent, EventLost, type NumberedState } from '../../../../web/src/state/apply-event.ts';

const word = fc.constantFrom('a', 'b', 'c');
const lab: fc.Arbitrary<LabState> = fc.record({
  id: fc.constant('lab'),
  entry: fc.constant('demo'),
  title: fc.constant('Demo'),
  startedAt: word,
  phase: fc.constantFrom('starting' as const, 'ready' as const, 'broken' as const),
  doing: fc.option(word, { nil: undefined }),
  problem: fc.option(fc.record({ message: word }), { nil: undefined }),
  gating: fc.constantFrom('free' as const, 'soft' as const),
  wires: fc.constant<LabState['wires']>([]),
  nodes: fc.tuple(
    ...['controller', 'network'].map((name) =>
      fc.record({
        name: fc.constant(name),
        role: fc.constant(name),
        phase: fc.constantFrom('waiting' as const, 'ready' as const),
        progress: fc.constantFrom(0, 0.5, 1),
        doing: word,
        nics: fc.constant<LabState['nodes'][number]['nics']>([]),
      }),
    ),
  ),
  steps: fc.tuple(
    fc.record({
      number: fc.constant(1),
      title: word,
      isChecking: fc.boolean(),
      attempts: fc.nat(3),
      checks: fc.constant<LabState['steps'][number]['checks']>([]),
      hints: fc.array(word, { maxLength: 2 }),
      hintsLeft: fc.nat(3),
    }),
  ),
  instances: fc.array(
    fc.record({ name: word, status: fc.constantFrom('BUILD', 'ACTIVE'), addresses: fc.array(word) }),
    { maxLength: 2 },
  ),
  terminals: fc.array(fc.record({ id: word, place: word, title: word }), { maxLength: 2 }),
  plumbing: fc
    .uniqueArray(
      fc.record({
        node: word,
        bridges: fc.constant<NodePlumbing['bridges']>([]),
        namespaces: fc.array(fc.record({ name: word, kind: fc.constant('other' as const), title: word }), {
          maxLength: 2,
        }),
        guests: fc.constant<NodePlumbing['guests']>([]),
        devices: fc.constant<NodePlumbing['devices']>([]),
      }),
      { selector: ({ node }) => node },
    )
    .map((nodes) => nodes.sort((a, b) => (a.node < b.node ? -1 : 1))),
});

it('brings a page from any state of a lab to any other', () => {
  fc.assert(
    fc.property(fc.option(lab, { nil: undefined }), fc.option(lab, { nil: undefined }), (before, after) => {
      let page: NumberedState = { sequence: 7, state: { learner: 'local', labs: before ? [before] : [] } };
      for (const change of labChanges('lab', before, after))
        page = applyEvent(page, onTheWire({ sequence: page.sequence + 1, type: 'changed', change }));
      expect(onTheWire(page.state.labs)).toEqual(onTheWire(after ? [after] : []));
    }),
  );
});

it('says nothing when nothing changed', () => {
  fc.assert(
    fc.property(lab, (one) => {
      expect(labChanges('lab', one, structuredClone(one))).toEqual([]);
    }),
  );
});

it('says only what changed of one node', () => {
  const [before] = fc.sample(lab, 1) as [LabState];
  const after = structuredClone(before);
  after.nodes[1]!.doing = 'wiring eth1';
  expect(labChanges('lab', before, after)).toEqual([{ kind: 'node', lab: 'lab', node: after.nodes[1] }]);
});

it('starts over when an event was lost on the way', () => {
  const change = { kind: 'lab-removed', lab: 'lab' } as const;
  const event: ConsoleEvent = { sequence: 9, type: 'changed', change };
  expect(() => applyEvent({ sequence: 7, state: { learner: 'local', labs: [] } }, event)).toThrow(EventLost);
  expect(() => applyEvent(undefined, event)).toThrow(EventLost);
});

const onTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
