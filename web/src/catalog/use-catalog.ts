// The catalog, read when its page opens and again when a lab has come or gone.
import { useEffect, useState } from 'react';
import type { CatalogEntry, LabState } from '../../../server/appliance/http/types.ts';
import { fetchCatalog } from '../api.ts';

/** The entries, or why they cannot be read. */
export function useCatalog(labs: LabState[]): [CatalogEntry[] | undefined, unknown] {
  const [entries, setEntries] = useState<CatalogEntry[]>();
  const [failure, setFailure] = useState<unknown>();
  // A lab that starts takes one that stood ready.
  const ids = labs.map(({ id }) => id).join(' ');
  useEffect(() => {
    fetchCatalog().then(setEntries, setFailure);
  }, [ids]);
  return [entries, failure];
}
