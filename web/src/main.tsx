// Draws the console.
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applySettings } from './settings.ts';
import { createConsoleStore, StoreProvider } from './state/console-store.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/notes.css';
import './styles/catalog.css';
import './styles/running.css';
import './styles/lab.css';
import './styles/panes.css';
import './styles/stage.css';
import './styles/guide.css';
import './styles/help.css';
import './styles/terminal.css';
import './styles/topology.css';

applySettings();
const store = createConsoleStore();
createRoot(document.getElementById('root')!).render(
  <StoreProvider value={store}>
    <App />
  </StoreProvider>,
);
