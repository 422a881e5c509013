// What can be done with the lab as a whole.
import type { LabState } from '../../../server/appliance/http/types.ts';
import { useMenu } from '../parts/use-menu.ts';
import { endQuestion, resetQuestion } from './questions.ts';
import { useQuestion } from './use-question.tsx';

export function LabMenu({ lab, onFailure }: { lab: LabState; onFailure: (failure: unknown) => void }) {
  const { isOpen, frame, onKeyDown, toggle, close } = useMenu();
  const [dialog, ask] = useQuestion(onFailure);
  const canReset = lab.phase === 'ready' || lab.phase === 'broken' || lab.phase === 'ended';
  const items = [
    ...(canReset ? [{ text: 'Start over …', question: resetQuestion(lab) }] : []),
    { text: lab.phase === 'queued' ? 'Leave the queue …' : 'End lab …', question: endQuestion(lab) },
  ];
  return (
    <div className="menu lab-menu" ref={frame} onKeyDown={onKeyDown}>
      <button
        aria-haspopup="menu"
        aria-expanded={isOpen}
        disabled={lab.phase === 'stopping'}
        onClick={toggle}
      >
        Lab <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        <div className="menu-items" role="menu" aria-label="Lab">
          {items.map(({ text, question }) => (
            <button
              key={text}
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close({ focusButton: true });
                ask(question);
              }}
            >
              {text}
            </button>
          ))}
        </div>
      )}
      {dialog}
    </div>
  );
}
