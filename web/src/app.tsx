// The frame around every page: which page, and the one place that says the browser is not signed in.
import { lazy, Suspense, useEffect, useRef, type ReactNode } from 'react';
import { CatalogPage } from './catalog/catalog-page.tsx';
import { Message } from './parts/message.tsx';
import { SkipLinks, type SkipTarget } from './parts/skip-links.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { routeOf, usePath } from './route.ts';
import { useConsole } from './state/console-store.ts';

const AuthorPage = lazy(() => import('./author/author-page.tsx'));
const LabPage = lazy(() => import('./lab/lab-page.tsx'));

export function App() {
  const path = usePath();
  const route = routeOf(path);
  const { labs, isSignedOut } = useConsole();
  useFocusOnMove(path);
  if (isSignedOut)
    return (
      <Page>
        <Message title="This browser is not signed in">
          Open the link that <code>./patchbay up</code> prints. Each link works once; run the command again
          for a new one.
        </Message>
      </Page>
    );
  if (route.page === 'catalog')
    return (
      <Page>
        <CatalogPage />
      </Page>
    );
  if (route.page === 'author')
    return (
      <Page>
        <Suspense fallback={<Message title="Loading">Loading the page of the lab's author.</Message>}>
          <AuthorPage />
        </Suspense>
      </Page>
    );
  const lab = route.page === 'lab' ? labs?.find(({ id }) => id === route.lab) : undefined;
  if (lab !== undefined)
    return (
      <Suspense
        fallback={
          <Page>
            <Message title={lab.title}>Loading the page of this lab.</Message>
          </Page>
        }
      >
        <LabPage key={lab.id} lab={lab} />
      </Suspense>
    );
  return (
    <Page>
      {labs === undefined ? (
        <Message title="Connecting">Asking the appliance which labs are running.</Message>
      ) : (
        <Message
          title={route.page === 'lab' ? 'This lab is not running' : 'There is nothing at this address'}
          toCatalog
        >
          {route.page === 'lab' && (
            <>
              <code>{route.lab}</code> has been taken down or was never started here.
            </>
          )}
        </Message>
      )}
    </Page>
  );
}

const toContent: SkipTarget[] = [{ text: 'Skip to the content', id: 'content' }];

function Page({ children }: { children: ReactNode }) {
  return (
    <div className="page">
      <SkipLinks targets={toContent} />
      <TopBar />
      <main className="page-main" id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** On another page the focus starts at its content, as it would on a page that was loaded. */
function useFocusOnMove(path: string): void {
  const shown = useRef(path);
  useEffect(() => {
    if (path === shown.current) return;
    shown.current = path;
    document.querySelector<HTMLElement>('main')?.focus();
  }, [path]);
}
