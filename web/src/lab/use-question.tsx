// Asks a question in a dialog, and does what was asked for on yes.
import { useCallback, useState, type ReactNode } from 'react';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from './questions.ts';

/** The dialog to draw, and how to ask. */
export function useQuestion(
  onFailure: (failure: unknown) => void,
): [ReactNode, (question: Question) => void] {
  const [question, setQuestion] = useState<Question>();
  const ask = useCallback((asked: Question) => setQuestion(asked), []);
  const dialog = question && (
    <AskDialog
      title={question.title}
      action={question.action}
      onNo={() => setQuestion(undefined)}
      onYes={() => {
        setQuestion(undefined);
        question.run().catch(onFailure);
      }}
    >
      <p>{question.does}</p>
      <dl className="costs">
        <dt>Lost</dt>
        <dd>{question.loses}</dd>
        {question.keeps !== undefined && (
          <>
            <dt>Kept</dt>
            <dd>{question.keeps}</dd>
          </>
        )}
      </dl>
    </AskDialog>
  );
  return [dialog, ask];
}
