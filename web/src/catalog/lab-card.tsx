// One lab of the catalog.
import type { CatalogEntry, LabState } from '../../../server/appliance/http/types.ts';
import { Link } from '../parts/link.tsx';
import { Jack } from '../parts/mark.tsx';

interface Props {
  entry: CatalogEntry;
  running: LabState[];
  isStarting: boolean;
  onStart: () => void;
}

const levels = ['beginner', 'intermediate', 'advanced'];

export function LabCard({ entry, running, isStarting, onStart }: Props) {
  const title = `lab-${entry.id}`;
  return (
    <li className="card">
      <article aria-labelledby={title}>
        <p className="card-chapter">{entry.chapter}</p>
        <h2 id={title}>{entry.title}</h2>
        <p className="card-facts">
          <span className="level">
            {levels.map((level, index) => (
              <i
                key={level}
                className={index <= levels.indexOf(entry.level) ? 'on' : ''}
                aria-hidden="true"
              />
            ))}
            {entry.level}
          </span>
          <span>{entry.minutes} minutes</span>
          <span>{entry.stepCount} steps</span>
          <span>{entry.nodeNames.length} nodes</span>
        </p>
        <p>{entry.summary}</p>
        <h3>Afterwards you can</h3>
        <ul className="outcomes">
          {entry.outcomes.map((outcome) => (
            <li key={outcome}>{outcome}</li>
          ))}
        </ul>
        {entry.problem !== undefined && (
          <p className="card-problem">
            <Jack state="broken" label="cannot be started" /> {entry.problem}
          </p>
        )}
        <div className="card-foot">
          <button
            className={running.length > 0 ? '' : 'primary'}
            disabled={isStarting || entry.problem !== undefined}
            onClick={onStart}
          >
            {isStarting ? 'Starting' : running.length > 0 ? 'Start another' : 'Start the lab'}
            <span className="visually-hidden">: {entry.title}</span>
          </button>
          {running.map((lab) => (
            <Link key={lab.id} className="button primary" to={`/labs/${encodeURIComponent(lab.id)}`}>
              {lab.phase === 'broken' && lab.readyAt === undefined ? 'See what failed' : 'Continue'}{' '}
              <span className="soft-on-accent">{lab.id}</span>
            </Link>
          ))}
          <span className="soft card-proof">
            {entry.lastProvenAt === undefined
              ? 'Not proven on this machine yet'
              : `Proven here ${new Date(entry.lastProvenAt).toLocaleDateString()}`}
          </span>
        </div>
      </article>
    </li>
  );
}
