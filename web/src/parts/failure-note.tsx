// Why something that was asked for did not happen.
import { ApiFailure } from '../api.ts';

export function FailureNote({ failure, onDismiss }: { failure: unknown; onDismiss?: () => void }) {
  if (failure === undefined) return null;
  const { title, detail } =
    failure instanceof ApiFailure
      ? failure.problem
      : { title: 'Something went wrong', detail: String(failure) };
  return (
    <div className="failure" role="alert">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {onDismiss && (
        <button className="quiet" onClick={onDismiss}>
          Dismiss
        </button>
      )}
    </div>
  );
}
