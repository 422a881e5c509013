// The catalog, read when its page opens; what stands ready of it is pushed.
import { useEffect, useState } from 'react';
import type { CatalogEntry } from '../../../server/appliance/http/types.ts';
import { fetchCatalog } from '../api.ts';

/** The entries, or why they cannot be read. */
export function useCatalog(): [CatalogEntry[] | undefined, unknown] {
  const [entries, setEntries] = useState<CatalogEntry[]>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    fetchCatalog().then(setEntries, setFailure);
  }, []);
  return [entries, failure];
}
