// The labs that are there now: phase, progress, time left, and the way in.
import type { CatalogEntry, LabState } from '../../../server/appliance/http/types.ts';
import { hasNotStarted, phaseJacks, phaseWords } from '../lab/phases.ts';
import { Remedies } from '../lab/remedies.tsx';
import { isPassed, jackOfStep, passedCount } from '../lab/steps.ts';
import { timeLeft } from '../lab/time-left.ts';
import { useSecondsUntil } from '../parts/clock.ts';
import { Link } from '../parts/link.tsx';
import { Jack } from '../parts/mark.tsx';

interface Props {
  labs: LabState[];
  entries: CatalogEntry[];
  onFailure: (failure: unknown) => void;
}

export function RunningLabs({ labs, entries, onFailure }: Props) {
  return (
    <section className="running" aria-labelledby="your-labs">
      <h1 id="your-labs">Your labs</h1>
      <ul>
        {labs.map((lab) => (
          <li key={lab.id}>
            <RunningLab
              lab={lab}
              chapter={entries.find(({ id }) => id === lab.entry)?.chapter}
              onFailure={onFailure}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RunningLab(props: { lab: LabState; chapter: string | undefined; onFailure: Props['onFailure'] }) {
  const { lab, chapter, onFailure } = props;
  const reason = lab.problem?.message ?? lab.queue?.reason;
  return (
    <article className={`running-lab running-${lab.phase}`} aria-label={`${lab.title}, ${lab.id}`}>
      <div className="running-name">
        <h2>{lab.title}</h2>
        <p className="soft">
          {chapter}
          {chapter !== undefined && <br />}
          <code>{lab.id}</code>
        </p>
      </div>
      <p className="running-phase">
        <Jack state={phaseJacks[lab.phase]} label="" /> <strong>{phaseWords(lab)}</strong>
        {lab.doing !== undefined && lab.doing !== '' && <span className="running-doing">{lab.doing}</span>}
        {lab.clock !== undefined && lab.phase !== 'ended' && <TimeLeft endsAt={lab.clock.endsAt} />}
      </p>
      <StepBar lab={lab} />
      <div className="running-way">
        {lab.phase === 'ended' ? (
          <Remedies lab={lab} remedies={['resume']} onFailure={onFailure} />
        ) : (
          <Link className="button primary" to={`/labs/${encodeURIComponent(lab.id)}`}>
            {wayIn(lab)}
            <span className="visually-hidden">: {lab.id}</span>
          </Link>
        )}
        {lab.phase === 'ended' && (
          <Link className="button" to={`/labs/${encodeURIComponent(lab.id)}`}>
            Read on
            <span className="visually-hidden">: {lab.id}</span>
          </Link>
        )}
      </div>
      {reason !== undefined && <p className="running-reason">{reason}</p>}
    </article>
  );
}

function wayIn(lab: LabState): string {
  if (hasNotStarted(lab)) return 'See what failed';
  if (lab.phase === 'broken') return 'See what is broken';
  return lab.phase === 'ready' ? 'Continue' : 'Watch';
}

function TimeLeft({ endsAt }: { endsAt: string }) {
  const { text, isShort } = timeLeft(useSecondsUntil(Date.parse(endsAt)));
  return <span className={isShort ? 'running-time running-time-short' : 'running-time'}>{text}</span>;
}

/** One notch per step, filled when it has passed. */
function StepBar({ lab }: { lab: LabState }) {
  const passed = passedCount(lab.steps);
  return (
    <p className="step-bar">
      <span aria-hidden="true" className="step-bar-notches">
        {lab.steps.map((step) => (
          <i
            key={step.number}
            className={isPassed(step) ? 'passed' : step.verdict === undefined ? '' : step.verdict}
            title={`${step.number}. ${step.title}: ${jackOfStep(step).label}`}
          />
        ))}
      </span>
      {passed} of {lab.steps.length} steps
    </p>
  );
}
