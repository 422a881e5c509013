// One lab of the catalog.
import { memo } from 'react';
import type { CatalogEntry, LabState } from '../../../server/appliance/http/types.ts';
import { hasNotStarted } from '../lab/phases.ts';
import { Link } from '../parts/link.tsx';
import { Jack } from '../parts/mark.tsx';
import { levels } from './choose.ts';

interface Props {
  entry: CatalogEntry;
  /** Labs of it that stand ready. */
  warm: number;
  running: LabState[];
  isStarting: boolean;
  onStart: (entry: string) => void;
}

export function LabCard({ entry, warm, running, isStarting, onStart }: Props) {
  const { problem } = entry;
  const standing = running.filter((lab) => !hasNotStarted(lab));
  return (
    <li className="card" id={`lab-${entry.id}`}>
      <article aria-labelledby={`title-${entry.id}`}>
        <CardText entry={entry} />
        {problem !== undefined && (
          <p className="card-problem">
            <Jack state="broken" label="cannot be started" /> {problem}
          </p>
        )}
        <div className="card-foot">
          <button
            className={standing.length > 0 ? '' : 'primary'}
            disabled={isStarting || problem !== undefined}
            onClick={() => onStart(entry.id)}
          >
            {isStarting ? 'Starting' : standing.length > 0 ? 'Start another' : 'Start the lab'}
            <span className="visually-hidden">: {entry.title}</span>
          </button>
          {standing.map((lab) => (
            <Link key={lab.id} className="button" to={`/labs/${encodeURIComponent(lab.id)}`}>
              Go to <code>{lab.id}</code>
            </Link>
          ))}
          {warm > 0 && problem === undefined && (
            <span className="card-warm">
              <Jack state="live" label="" /> Ready at once
            </span>
          )}
          <Proof provenAt={entry.lastProvenAt} />
        </div>
      </article>
    </li>
  );
}

const CardText = memo(function CardText({ entry }: { entry: CatalogEntry }) {
  const { needs } = entry;
  return (
    <>
      <p className="card-chapter">{entry.chapter}</p>
      <h3 id={`title-${entry.id}`} className="card-title">
        {entry.title}
      </h3>
      <ul className="card-facts">
        <li className="level">
          {levels.map((level, index) => (
            <i key={level} className={index <= levels.indexOf(entry.level) ? 'on' : ''} aria-hidden="true" />
          ))}
          {entry.level}
        </li>
        <li>{entry.minutes} min</li>
        <li>{entry.stepCount} steps</li>
        <li title={entry.nodeNames.join(', ')}>{entry.nodeNames.length} nodes</li>
        {needs !== undefined && (
          <li title="What it takes from this machine while it runs">
            {needs.memoryMegabytes} MB, {needs.processorPercent} % of a core
          </li>
        )}
      </ul>
      <p>{entry.summary}</p>
      <h4>Afterwards you can</h4>
      <ul className="outcomes">
        {entry.outcomes.map((outcome) => (
          <li key={outcome}>{outcome}</li>
        ))}
      </ul>
    </>
  );
});

function Proof({ provenAt }: { provenAt: string | undefined }) {
  if (provenAt === undefined)
    return (
      <span
        className="soft card-proof"
        title="./patchbay verify proves it: every check fails before its step and passes after it"
      >
        Not proven on this machine yet
      </span>
    );
  const at = new Date(provenAt);
  return (
    <span
      className="card-proof card-proven"
      title={`Every check failed before its step and passed after it, ${at.toLocaleString()}`}
    >
      <Jack state="passed" label="" /> Proven here {at.toLocaleDateString()}
    </span>
  );
}
