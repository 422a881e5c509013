// A question before something is lost: what is done, what goes, what stays. Escape and the second button change nothing.
import { useEffect, useId, useRef, type ReactNode } from 'react';

interface Props {
  title: string;
  /** What the first button says; a verb. */
  action: string;
  isDangerous?: boolean;
  onYes: () => void;
  onNo: () => void;
  children: ReactNode;
}

export function AskDialog({ title, action, isDangerous = true, onYes, onNo, children }: Props) {
  const heading = useId();
  return (
    <Dialog labelledBy={heading} onClose={onNo}>
      <h2 id={heading}>{title}</h2>
      <div className="dialog-text">{children}</div>
      <div className="dialog-foot">
        <button onClick={onNo} autoFocus>
          Keep it as it is
        </button>
        <button className={isDangerous ? 'danger-fill' : 'primary'} onClick={onYes}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}

/** A modal dialog; it is open while it is drawn, and focus goes back to where it was. */
export function Dialog(props: { labelledBy: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current!;
    shown.showModal();
    return () => {
      shown.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={props.labelledBy}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => event.target === dialog.current && props.onClose()}
    >
      <div className="dialog-body">{props.children}</div>
    </dialog>
  );
}
