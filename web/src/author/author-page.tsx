// A lab while it is written: every step as a learner will read it, how it is checked, and what is wrong in the folder.
import { useEffect } from 'react';
import type { AuthorStep, GuideStep } from '../../../server/appliance/http/types.ts';
import { Blocks } from '../lab/blocks.tsx';
import { Link } from '../parts/link.tsx';
import { Message } from '../parts/message.tsx';
import { Findings } from './findings.tsx';
import { becomeAuthor, useAuthor } from './use-author.ts';

export default function AuthorPage() {
  becomeAuthor();
  const { author, isLost } = useAuthor();
  useEffect(() => {
    document.title = `${author?.guide.title ?? 'A lab'} · being written`;
  }, [author?.guide.title]);
  if (author === undefined)
    return (
      <Message title={isLost ? 'No lab is being written here' : 'Connecting'} toCatalog={isLost}>
        {isLost ? <code>./patchbay author LAB</code> : 'Asking for the folder of the lab.'}
      </Message>
    );
  const { guide, lab, steps } = author;
  return (
    <div className="author">
      <article className="author-guide">
        <h1>{guide.title}</h1>
        <p>
          {lab === undefined ? (
            <>
              <code>./patchbay author {guide.entry} --start</code> also runs it, to try commands and checks
              in.
            </>
          ) : (
            <Link to={`/labs/${encodeURIComponent(lab)}`}>Try commands and checks in the running lab</Link>
          )}
        </p>
        <Blocks blocks={guide.introduction} onRun={noRun} />
        {guide.steps.map((step) => (
          <Step key={step.number} step={step} how={steps.find(({ number }) => number === step.number)} />
        ))}
      </article>
      <aside className="author-findings">
        <Findings author={author} isLost={isLost} />
      </aside>
    </div>
  );
}

/** Nothing runs here; commands can be copied. */
const noRun = () => undefined;

function Step({ step, how }: { step: GuideStep; how: AuthorStep | undefined }) {
  return (
    <section aria-labelledby={`step-${step.number}`}>
      <h2 id={`step-${step.number}`}>
        {step.number}. {step.title}
      </h2>
      <Blocks blocks={step.blocks} onRun={noRun} />
      {how !== undefined && (
        <details>
          <summary>
            {how.checks.length} checks, {how.solution.length} commands of the solution
          </summary>
          <ol>
            {how.checks.map((check) => (
              <li key={check.name}>
                {check.name} <span className="soft">({kindWords(check)})</span> <code>{check.place}</code>
                <ul>
                  {check.needs.length > 0 && <li>waits for: {check.needs.join(', ')}</li>}
                  {check.triedBy.length > 0 && <li>tried by: {check.triedBy.join(', ')}</li>}
                  {check.hints.map((hint) => (
                    <li key={hint}>hint: {hint}</li>
                  ))}
                </ul>
              </li>
            ))}
          </ol>
          <pre>{how.solution.map(({ place, text }) => `${place}# ${text}`).join('\n')}</pre>
        </details>
      )}
    </section>
  );
}

const kindWords = ({ kind, isNegated, isGuard }: AuthorStep['checks'][number]) =>
  `${isNegated ? 'not ' : ''}${kind}${isGuard ? ', guard' : ''}`;
