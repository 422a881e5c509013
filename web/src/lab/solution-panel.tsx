// The solution of a step, fetched when it is asked for.
import { useState } from 'react';
import type { PlacedCommand } from '../../../server/appliance/http/types.ts';
import { fetchSolution } from '../api.ts';
import { Command } from './command.tsx';

interface Props {
  lab: string;
  step: number;
  onRun: (command: PlacedCommand) => void;
  onFailure: (failure: unknown) => void;
}

export function SolutionPanel({ lab, step, onRun, onFailure }: Props) {
  const [commands, setCommands] = useState<PlacedCommand[]>();
  const [isOpen, setIsOpen] = useState(false);
  const toggle = () => {
    setIsOpen(!isOpen);
    if (commands === undefined)
      fetchSolution(lab, step).then((solution) => setCommands(solution.commands), onFailure);
  };
  return (
    <section className="solution" aria-label="Solution">
      <button className="quiet" aria-expanded={isOpen} onClick={toggle}>
        {isOpen ? 'Hide the solution' : 'Show the solution'}
      </button>
      {isOpen && commands?.map((command, index) => <Command key={index} command={command} onRun={onRun} />)}
    </section>
  );
}
