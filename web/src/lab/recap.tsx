// After the last step: what was learned, what can be done with the lab now, what comes next.
import { useEffect, useState } from 'react';
import type { CatalogEntry, LabState } from '../../../server/appliance/http/types.ts';
import { fetchCatalog } from '../api.ts';
import { inGuideOrder } from '../catalog/choose.ts';
import { Link } from '../parts/link.tsx';
import { Jack } from '../parts/mark.tsx';
import { endQuestion, resetQuestion } from './questions.ts';
import { useQuestion } from './use-question.tsx';

export function Recap({ lab, onFailure }: { lab: LabState; onFailure: (failure: unknown) => void }) {
  const [entries, setEntries] = useState<CatalogEntry[]>();
  const [dialog, ask] = useQuestion(onFailure);
  useEffect(() => {
    fetchCatalog().then(setEntries, onFailure);
  }, [onFailure]);
  const ordered = inGuideOrder(entries ?? []);
  const at = ordered.findIndex(({ id }) => id === lab.entry);
  const entry = ordered[at];
  const next = at === -1 ? undefined : ordered.slice(at + 1).find(({ problem }) => problem === undefined);
  const replayed = lab.steps.filter(({ isReplayed }) => isReplayed === true).length;
  const attempts = lab.steps.reduce((sum, step) => sum + step.attempts, 0);
  return (
    <div className="recap">
      <p className="guide-count">Recap</p>
      <h2>
        <Jack state="passed" label="" /> All {lab.steps.length} steps have passed
      </h2>
      <p>
        {replayed === 0
          ? `You did every one of them yourself, with ${attempts} ${attempts === 1 ? 'check' : 'checks'}.`
          : `You did ${lab.steps.length - replayed} of them yourself; ${replayed} ${replayed === 1 ? 'was' : 'were'} replayed for you.`}
      </p>
      {entry !== undefined && entry.outcomes.length > 0 && (
        <>
          <h3>Now you can</h3>
          <ul className="outcomes">
            {entry.outcomes.map((outcome) => (
              <li key={outcome}>{outcome}</li>
            ))}
          </ul>
        </>
      )}
      <h3>With this lab</h3>
      <p>
        It goes on running with everything you built: break something, look where it shows, and press Check in
        any step to see whether it still holds.
      </p>
      <div className="recap-foot">
        <button onClick={() => ask(resetQuestion(lab))}>Start over …</button>
        <button onClick={() => ask(endQuestion(lab))}>End lab …</button>
      </div>
      {next !== undefined && (
        <>
          <h3>Next in the guide</h3>
          <article className="recap-next">
            <p className="card-chapter">{next.chapter}</p>
            <h4>{next.title}</h4>
            <p>{next.summary}</p>
            <Link className="button primary" to={`/#lab-${next.id}`}>
              Look at it in the catalog
            </Link>
          </article>
        </>
      )}
      {dialog}
    </div>
  );
}
