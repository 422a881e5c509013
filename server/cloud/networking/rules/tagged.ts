// What tags add to the rules of a resource: filters, and the tags that a new row comes with.
import { tagTables } from '../../store/tag-tables.ts';
import type { Selection } from '../../store/rows.ts';
import type { Rules } from '../work.ts';

type Filter = (query: Selection, values: readonly string[]) => Selection;

/** The rules of a resource that has tags, by the name of the resource. */
export function tagged(name: string, rules: Rules): Rules {
  const table = tagTables[name]!;
  return {
    ...rules,
    filters: { ...rules.filters, ...filtersOf(table.name) },
    async afterCreate(work, row, body) {
      const tags = row.tags as string[];
      if (tags.length > 0)
        await work.rows.insert(
          table,
          tags.map((tag) => ({ resource_id: row.id as string, tag })),
        );
      await rules.afterCreate?.(work, row, body);
    },
  };
}

/** Tags are separated by commas, and a filter may be given several times. */
const tagsIn = (values: readonly string[]) => [...new Set(values.flatMap((value) => value.split(',')))];

/** `tags`: all of them; `tags-any`: one of them; `not-...`: the rows that those leave out. */
function filtersOf(table: string): Record<string, Filter> {
  const having =
    (operator: 'in' | 'not in', needed: (tags: string[]) => number): Filter =>
    (query, values) => {
      const tags = tagsIn(values);
      return query.where((is) =>
        is(
          'id',
          operator,
          is
            .selectFrom(table)
            .select('resource_id')
            .where('tag', 'in', tags)
            .groupBy('resource_id')
            .having(is.fn.countAll(), '>=', needed(tags)),
        ),
      );
    };
  const all = (tags: string[]) => tags.length;
  const one = () => 1;
  return {
    tags: having('in', all),
    'tags-any': having('in', one),
    'not-tags': having('not in', all),
    'not-tags-any': having('not in', one),
  };
}
