// Faults of a lab as the page shows them. Pure.
import type { Fault } from '../../checks/faults/types.ts';
import type { LabProblem } from '../../http/types.ts';

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** @param isMended a repair was tried and this is what it could not mend */
export function problemOfFaults(
  [first, ...more]: readonly [Fault, ...Fault[]],
  isMended: boolean,
): LabProblem {
  const others =
    more.length === 0
      ? ''
      : ` ${more.length === 1 ? 'One more fault' : `${more.length} more faults`} beside it.`;
  const isDisk = first.kind === 'disk';
  const remedy = isDisk
    ? `Delete what fills it, on ${first.node}; then repair the lab. Nothing is deleted without you.`
    : isMended
      ? 'It could not be repaired; reset makes the nodes anew.'
      : 'Repair mends it and keeps what you built.';
  return {
    message: `${sentence(first.text)}${others}`,
    node: first.node,
    ...(more.length === 0 ? {} : { logTail: more.map(({ text }) => sentence(text)) }),
    remedy,
    remedies: isMended && !isDisk ? ['reset'] : ['repair', 'reset'],
  };
}
