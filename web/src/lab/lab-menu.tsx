// What can be done with the lab as a whole.
import { useEffect, useRef, useState } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { endQuestion, resetQuestion } from './questions.ts';
import { useQuestion } from './use-question.tsx';

export function LabMenu({ lab, onFailure }: { lab: LabState; onFailure: (failure: unknown) => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const [dialog, ask] = useQuestion(onFailure);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    frame.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const onAway = (event: PointerEvent) =>
      !frame.current?.contains(event.target as Node) && setIsOpen(false);
    document.addEventListener('pointerdown', onAway);
    return () => document.removeEventListener('pointerdown', onAway);
  }, [isOpen]);
  const close = () => {
    setIsOpen(false);
    frame.current?.querySelector('button')?.focus();
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (!isOpen) return;
    const items = [...(frame.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') close();
    if (event.key === 'Tab') setIsOpen(false);
    if (step === undefined) return;
    event.preventDefault();
    items[(at + step + items.length) % items.length]?.focus();
  };
  const canReset = lab.phase === 'ready' || lab.phase === 'broken' || lab.phase === 'ended';
  const items = [
    ...(canReset ? [{ text: 'Start over …', question: resetQuestion(lab) }] : []),
    { text: lab.phase === 'queued' ? 'Leave the queue …' : 'End lab …', question: endQuestion(lab) },
  ];
  return (
    <div className="menu lab-menu" ref={frame} onKeyDown={onKey}>
      <button
        aria-haspopup="menu"
        aria-expanded={isOpen}
        disabled={lab.phase === 'stopping'}
        onClick={() => setIsOpen(!isOpen)}
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
                close();
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
