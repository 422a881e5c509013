// Narrows the catalog down by level and by words.
import { useRef, useState } from 'react';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { levels, type Level } from './choose.ts';

export interface Filter {
  level: Level | undefined;
  text: string;
  setLevel(level: Level | undefined): void;
  setText(text: string): void;
  clear(): void;
}

export function useFilter(): Filter {
  const [level, setLevel] = useState<Level>();
  const [text, setText] = useState('');
  const clear = () => {
    setLevel(undefined);
    setText('');
  };
  return { level, text, setLevel, setText, clear };
}

interface Props {
  filter: Filter;
  total: number;
  shown: number;
}

export function CatalogFilter({ filter, total, shown }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => field.current?.focus() });
  return (
    <div className="filter">
      <h2>Labs</h2>
      <span className="soft" role="status">
        {shown === total ? `${total} in the guide's order` : `${shown} of ${total}`}
      </span>
      <fieldset className="filter-levels">
        <legend className="visually-hidden">Level</legend>
        {[undefined, ...levels].map((level) => (
          <label key={level ?? 'all'}>
            <input
              type="radio"
              name="level"
              className="visually-hidden"
              checked={filter.level === level}
              onChange={() => filter.setLevel(level)}
            />
            <span>{level ?? 'all levels'}</span>
          </label>
        ))}
      </fieldset>
      <label className="filter-text">
        <span className="visually-hidden">Find a lab</span>
        <input
          ref={field}
          type="search"
          placeholder="Find a lab"
          value={filter.text}
          onChange={(event) => filter.setText(event.target.value)}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
    </div>
  );
}
