// The help of a step in one row, and its solution, fetched when it is asked for.
import { useState, type ReactNode } from 'react';
import type { PlacedCommand } from '../../../server/appliance/http/types.ts';
import { fetchSolution } from '../api.ts';
import { Command } from './command.tsx';

interface Props {
  lab: string;
  step: number;
  hasSolution: boolean;
  /** All hints are open: the solution is what is left. */
  isOffered: boolean;
  onRun: (command: PlacedCommand) => void;
  onFailure: (failure: unknown) => void;
  /** Buttons before and after the one of the solution. */
  before: ReactNode;
  after: ReactNode;
  children: ReactNode;
}

export function SolutionPanel(props: Props) {
  const { lab, step, hasSolution, isOffered, onRun, onFailure } = props;
  const [commands, setCommands] = useState<PlacedCommand[]>();
  const [isOpen, setIsOpen] = useState(false);
  const toggle = () => {
    setIsOpen(!isOpen);
    if (commands === undefined)
      fetchSolution(lab, step).then((solution) => setCommands(solution.commands), onFailure);
  };
  return (
    <section className="help-row" aria-label="Help with this step">
      {isOffered && !isOpen && (
        <p className="soft">All hints are open. The solution is the next help there is.</p>
      )}
      <div className="help-buttons">
        {props.before}
        {hasSolution && (
          <button aria-expanded={isOpen} onClick={toggle}>
            {isOpen ? 'Hide the solution' : 'Show the solution'}
          </button>
        )}
        {props.after}
      </div>
      {isOpen && (
        <div className="solution" role="group" aria-label="Solution">
          {commands === undefined ? (
            <p className="soft">Reading the solution.</p>
          ) : (
            commands.map((command, index) => <Command key={index} command={command} onRun={onRun} />)
          )}
        </div>
      )}
      {props.children}
    </section>
  );
}
