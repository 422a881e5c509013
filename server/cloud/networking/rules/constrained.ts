// `If-Match: revision_number=3`: a change or a deletion is done only while the row is the one that the caller saw.
import { CloudError } from '../../../lib/errors.ts';
import type { Item, Rules, Work } from '../work.ts';

/** The rules of a resource that has revisions. */
export const constrained = (rules: Rules): Rules => ({
  ...rules,
  async beforeUpdate(work, row, changes) {
    checkRevision(work, row);
    return (await rules.beforeUpdate?.(work, row, changes)) ?? {};
  },
  async beforeDelete(work, row) {
    checkRevision(work, row);
    await rules.beforeDelete?.(work, row);
  },
});

/** The row that the request names, not what changes along with it. */
function checkRevision({ context: { constraint } }: Work, row: Item): void {
  if (constraint === undefined || constraint.id !== row.id) return;
  const { revision_number } = constraint;
  if (revision_number !== row.revision_number)
    throw new CloudError(
      412,
      'RevisionNumberConstraintFailed',
      `Constrained to ${revision_number}, but current revision is ${String(row.revision_number)}`,
    );
}
