// What can be learned here: a card per lab, and the labs that are running.
import { useEffect, useState } from 'react';
import type { CatalogEntry } from '../../../server/appliance/http/types.ts';
import { fetchCatalog, startLab } from '../api.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { navigate } from '../route.ts';
import { useConsole } from '../state/console-store.ts';
import { LabCard } from './lab-card.tsx';
import { PatchPanel } from './patch-panel.tsx';

export function CatalogPage() {
  const { labs = [] } = useConsole();
  const [entries, setEntries] = useState<CatalogEntry[]>();
  const [failure, setFailure] = useState<unknown>();
  const [starting, setStarting] = useState<string>();

  useEffect(() => {
    document.title = 'Patchbay';
    fetchCatalog().then(setEntries, setFailure);
  }, []);

  const start = (entry: string) => {
    setStarting(entry);
    setFailure(undefined);
    startLab(entry)
      .then(({ id }) => navigate(`/labs/${encodeURIComponent(id)}`), setFailure)
      .finally(() => setStarting(undefined));
  };

  return (
    <div className="catalog">
      <div className="catalog-head">
        <div>
          <h1>Build a cloud network. Watch every frame of it.</h1>
          <p>
            Each lab starts a real OpenStack Networking cloud on this machine, in containers: a controller, a
            network node, compute nodes and the world outside. You build; checks with real packets tell
            whether it works.
          </p>
        </div>
        <PatchPanel />
      </div>
      <FailureNote failure={failure} onDismiss={() => setFailure(undefined)} />
      {entries === undefined && failure === undefined && <p className="soft">Reading the labs.</p>}
      {entries?.length === 0 && <p>There are no labs in the labs folder.</p>}
      <ul className="cards">
        {entries?.map((entry) => (
          <LabCard
            key={entry.id}
            entry={entry}
            running={labs.filter((lab) => lab.entry === entry.id)}
            isStarting={starting === entry.id}
            onStart={() => start(entry.id)}
          />
        ))}
      </ul>
    </div>
  );
}
