// The page's addresses: `/` is the catalog, `/labs/ID` a running lab, `/author` the one being written.
import { useSyncExternalStore } from 'react';

export type Route =
  { page: 'catalog' } | { page: 'author' } | { page: 'lab'; lab: string } | { page: 'unknown' };

export function routeOf(path: string): Route {
  if (path === '/') return { page: 'catalog' };
  if (path === '/author') return { page: 'author' };
  const lab = /^\/labs\/([^/]+)\/?$/.exec(path)?.[1];
  return lab === undefined ? { page: 'unknown' } : { page: 'lab', lab: decodeURIComponent(lab) };
}

const moved = new EventTarget();

export function navigate(path: string): void {
  history.pushState(null, '', path);
  moved.dispatchEvent(new Event('moved'));
}

export function usePath(): string {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('popstate', listener);
      moved.addEventListener('moved', listener);
      return () => {
        window.removeEventListener('popstate', listener);
        moved.removeEventListener('moved', listener);
      };
    },
    () => location.pathname,
  );
}
