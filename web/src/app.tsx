// The frame around every page: which page, and the one place that says the browser is not signed in.
import { CatalogPage } from './catalog/catalog-page.tsx';
import { LabPage } from './lab/lab-page.tsx';
import { Message } from './parts/message.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { routeOf, usePath } from './route.ts';
import { useConsole } from './state/console-store.ts';

export function App() {
  const route = routeOf(usePath());
  const { labs, isSignedOut } = useConsole();
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
  const lab = route.page === 'lab' ? labs?.find(({ id }) => id === route.lab) : undefined;
  if (lab !== undefined) return <LabPage key={lab.id} lab={lab} />;
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

function Page({ children }: { children: React.ReactNode }) {
  return (
    <div className="page">
      <TopBar />
      <main className="page-main">{children}</main>
    </div>
  );
}
