// What a person chose about how the page looks; kept in the browser.
import { useSyncExternalStore } from 'react';

export interface Settings {
  theme: 'system' | 'light' | 'dark';
  /** Size of running text in pixels; everything else follows. */
  textSize: number;
  /** Terminals tell their lines to a screen reader. */
  isScreenReaderOn: boolean;
  /** Single keys outside of text fields and terminals do something. */
  hasShortcuts: boolean;
}

export const textSizes = [14, 16, 18, 21, 24];
const key = 'patchbay-settings';
const defaults: Settings = { theme: 'system', textSize: 16, isScreenReaderOn: false, hasShortcuts: true };

const listeners = new Set<() => void>();
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
let settings: Settings = { ...defaults, ...stored() };

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Settings>;
  } catch {
    return {};
  }
}

export const isDark = () => (settings.theme === 'system' ? systemDark.matches : settings.theme === 'dark');

/** Writes the settings to the document; call once before the first drawing. */
export function applySettings(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  document.documentElement.style.fontSize = `${settings.textSize}px`;
}

export function changeSettings(part: Partial<Settings>): void {
  settings = { ...settings, ...part };
  localStorage.setItem(key, JSON.stringify(settings));
  applySettings();
  for (const listener of listeners) listener();
}

systemDark.addEventListener('change', () => changeSettings({}));

export function useSettings(): Settings {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => settings,
  );
}
