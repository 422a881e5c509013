// What is wrong in the folder of the lab, each with the file and the line.
import './author.css';
import type { AuthorState } from '../../../server/appliance/http/types.ts';

export function Findings({ author, isLost }: { author: AuthorState; isLost: boolean }) {
  const errors = author.findings.filter(({ severity }) => severity === 'error').length;
  const warnings = author.findings.length - errors;
  const words = [count(errors, 'error'), count(warnings, 'warning')].filter(Boolean).join(', ');
  return (
    <section className="findings" aria-label="Findings">
      <h2>{words === '' ? 'Nothing to find fault with' : words}</h2>
      <p className="soft" role="status">
        Read at {new Date(author.readAt).toLocaleTimeString()}.{' '}
        {!author.isReadable && 'It cannot be read; what you see is the last that could.'}
        {author.isCloudChanged && ' The lab runs on another cloud than lab.yaml asks for now: start it anew.'}
        {isLost && ' The connection is lost: what you see may be old.'}
      </p>
      {author.findings.length > 0 && (
        <ol>
          {author.findings.map(({ severity, file, line, field, message }, index) => (
            <li key={index} data-severity={severity}>
              <strong>{severity === 'error' ? '✕ error' : '△ warning'}</strong>{' '}
              <code>
                {file}:{line}
              </code>{' '}
              {field !== '' && <code>{field}</code>} {message}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const count = (number: number, word: string) =>
  number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
