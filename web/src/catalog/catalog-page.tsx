// What can be learned here: the labs that are there now, and a card per lab.
import { useEffect, useState } from 'react';
import { startLab } from '../api.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { navigate } from '../route.ts';
import { useConsole } from '../state/console-store.ts';
import { CatalogFilter, useFilter } from './catalog-filter.tsx';
import { chosen } from './choose.ts';
import { LabCard } from './lab-card.tsx';
import { PatchPanel } from './patch-panel.tsx';
import { RunningLabs } from './running-labs.tsx';
import { useCatalog } from './use-catalog.ts';

export function CatalogPage() {
  const { labs = [], warm } = useConsole();
  const [entries, catalogFailure] = useCatalog();
  const [failure, setFailure] = useState<unknown>();
  const [starting, setStarting] = useState<string>();
  const filter = useFilter();

  useEffect(() => {
    document.title = 'Patchbay';
  }, []);
  const isRead = entries !== undefined;
  useEffect(() => {
    if (isRead && location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [isRead]);

  const start = (entry: string) => {
    setStarting(entry);
    setFailure(undefined);
    startLab(entry)
      .then(({ id }) => navigate(`/labs/${encodeURIComponent(id)}`), setFailure)
      .finally(() => setStarting(undefined));
  };
  const shown = chosen(entries ?? [], filter.level, filter.text);

  return (
    <div className="catalog">
      {labs.length === 0 && (
        <div className="catalog-head">
          <div>
            <h1>Build a cloud network. Watch every frame of it.</h1>
            <p>
              Each lab starts a real OpenStack Networking cloud on this machine, in containers: a controller,
              a network node, compute nodes and the world outside. You build; checks with real packets tell
              whether it works.
            </p>
          </div>
          <PatchPanel />
        </div>
      )}
      <FailureNote failure={failure} onDismiss={() => setFailure(undefined)} />
      <FailureNote failure={catalogFailure} />
      {labs.length > 0 && <RunningLabs labs={labs} entries={entries ?? []} onFailure={setFailure} />}
      <section aria-label="Labs">
        <CatalogFilter filter={filter} total={entries?.length ?? 0} shown={shown.length} />
        {entries === undefined && catalogFailure === undefined && <p className="soft">Reading the labs.</p>}
        {entries?.length === 0 && <p>There are no labs in the labs folder.</p>}
        {isRead && entries.length > 0 && shown.length === 0 && (
          <p className="nothing-found">
            No lab fits. <button onClick={filter.clear}>Show all labs</button>
          </p>
        )}
        <ul className="cards">
          {shown.map((entry) => (
            <LabCard
              key={entry.id}
              entry={entry}
              warm={(warm === undefined ? entry.warm : warm[entry.id]) ?? 0}
              running={labs.filter((lab) => lab.entry === entry.id)}
              isStarting={starting === entry.id}
              onStart={start}
            />
          ))}
        </ul>
      </section>
    </div>
  );
}
