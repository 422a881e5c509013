// What changed between two states of a lab, as the smallest events the contract has. Pure.
import type { LabChange, LabHead, LabState, NodePlumbing } from './types.ts';

/** Undefined stands for a lab that is not there (yet, or any more). */
export function labChanges(
  id: string,
  before: LabState | undefined,
  after: LabState | undefined,
): LabChange[] {
  if (after === undefined) return before === undefined ? [] : [{ kind: 'lab-removed', lab: id }];
  if (before === undefined) return [{ kind: 'lab-added', lab: after }];
  const changes: LabChange[] = [];
  for (const node of after.nodes)
    if (
      differs(
        before.nodes.find(({ name }) => name === node.name),
        node,
      )
    )
      changes.push({ kind: 'node', lab: id, node });
  for (const step of after.steps)
    if (
      differs(
        before.steps.find(({ number }) => number === step.number),
        step,
      )
    )
      changes.push({ kind: 'step', lab: id, step });
  if (differs(before.instances, after.instances))
    changes.push({ kind: 'instances', lab: id, instances: after.instances });
  if (differs(before.terminals, after.terminals))
    changes.push({ kind: 'terminals', lab: id, terminals: after.terminals });
  changes.push(...plumbingChanges(id, before.plumbing ?? [], after.plumbing ?? []));
  // Last, so that who hears that a lab is ready has heard of all that is ready.
  if (differs(headOf(before), headOf(after))) changes.push({ kind: 'head', lab: id, head: headOf(after) });
  return changes;
}

/** A node's plumbing is large; it is made anew when something of it has changed, and is compared by identity first. */
function plumbingChanges(lab: string, before: NodePlumbing[], after: NodePlumbing[]): LabChange[] {
  const old = new Map(before.map((one) => [one.node, one]));
  const now = new Set(after.map(({ node }) => node));
  const told = after.filter((one) => old.get(one.node) !== one && differs(old.get(one.node), one));
  return [
    ...told.map((plumbing): LabChange => ({ kind: 'plumbing', lab, node: plumbing.node, plumbing })),
    ...before
      .filter(({ node }) => !now.has(node))
      .map(({ node }): LabChange => ({ kind: 'plumbing', lab, node })),
  ];
}

function headOf(lab: LabState): LabHead {
  const {
    nodes: _nodes,
    steps: _steps,
    instances: _instances,
    terminals: _terminals,
    plumbing: _plumbing,
    ...head
  } = lab;
  return head;
}

const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
