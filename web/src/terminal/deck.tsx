// The terminals of a lab as tabs. Loaded with the first lab that is looked at: the emulator is large.
import type { ReactNode } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { TabBar } from './tab-bar.tsx';
import { TerminalView } from './terminal-view.tsx';
import type { TerminalsView } from './use-terminals.ts';

interface Props {
  lab: LabState;
  terminals: TerminalsView;
  /** Buttons of the pane. */
  tools?: ReactNode;
}

export default function Deck({ lab, terminals, tools }: Props) {
  return (
    <>
      <TabBar lab={lab} terminals={terminals} tools={tools} />
      {lab.terminals.length === 0 && (
        <p className="soft pad">
          No terminal is open. Open one with + Terminal, or click a command of the guide.
        </p>
      )}
      {lab.terminals.map((terminal) => (
        <TerminalView
          key={terminal.id}
          lab={lab.id}
          terminal={terminal}
          isFront={terminals.front === terminal.id}
          actions={terminals}
        />
      ))}
    </>
  );
}
