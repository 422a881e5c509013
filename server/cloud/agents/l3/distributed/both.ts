// Two reconcilers, of routers and of the namespaces that they share, as one for those who look on. Their keys are ids.
import type { Reconciler, Step } from '../../../../lib/reconcile.ts';

/** Keys that are added are those of the first, on which the other one follows. */
export const both = <S extends Step>(first: Reconciler<S>, second: Reconciler<S>): Reconciler<S> => ({
  ...first,
  resync: async () => {
    await first.resync();
    await second.resync();
  },
  settle: async () => {
    await first.settle();
    await second.settle();
  },
  dryRun: async (key) => [...(await first.dryRun(key)), ...(await second.dryRun(key))],
  verify: async () => new Map([...(await first.verify()), ...(await second.verify())]),
});
