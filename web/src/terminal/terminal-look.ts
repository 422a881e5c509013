// Colours and size of terminals, following the page's settings.
import type { ISearchDecorationOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';
import { isDark, type Settings } from '../settings.ts';

export interface TerminalLook {
  theme: ITheme;
  fontSize: number;
  fontFamily: string;
  lineHeight: number;
  minimumContrastRatio: number;
  screenReaderMode: boolean;
  /** Of what a search found; the one it stands at has a border too. */
  marks: ISearchDecorationOptions;
}

const dark: ITheme = {
  background: '#111816',
  foreground: '#e4e2da',
  cursor: '#f0945a',
  cursorAccent: '#111816',
  selectionBackground: '#3d544f',
  black: '#2b3432',
  red: '#ff8f80',
  green: '#7fd39a',
  yellow: '#f0c66b',
  blue: '#8ab8f0',
  magenta: '#d7a4e6',
  cyan: '#6fd0bf',
  white: '#e4e2da',
  brightBlack: '#7f8b86',
  brightRed: '#ffb0a5',
  brightGreen: '#a3e6b8',
  brightYellow: '#ffdf97',
  brightBlue: '#b0d1fa',
  brightMagenta: '#e9c6f3',
  brightCyan: '#9be7da',
  brightWhite: '#ffffff',
};

const light: ITheme = {
  background: '#fffdf8',
  foreground: '#1f2624',
  cursor: '#b5521b',
  cursorAccent: '#fffdf8',
  selectionBackground: '#cfe3dd',
  black: '#1f2624',
  red: '#a8261c',
  green: '#1d6b3a',
  yellow: '#7a5600',
  blue: '#1e4f94',
  magenta: '#7a2e8c',
  cyan: '#0f5c55',
  white: '#5c6562',
  brightBlack: '#5c6562',
  brightRed: '#b8392e',
  brightGreen: '#27794a',
  brightYellow: '#8a6410',
  brightBlue: '#2d62ab',
  brightMagenta: '#8c419d',
  brightCyan: '#1c6f67',
  brightWhite: '#1f2624',
};

const darkMarks: ISearchDecorationOptions = {
  matchBackground: '#4d4222',
  matchOverviewRuler: '#f0c66b',
  activeMatchBackground: '#8a4a1c',
  activeMatchBorder: '#f0945a',
  activeMatchColorOverviewRuler: '#f0945a',
};

const lightMarks: ISearchDecorationOptions = {
  matchBackground: '#f4e3b4',
  matchOverviewRuler: '#8a6410',
  activeMatchBackground: '#f2b98f',
  activeMatchBorder: '#b5521b',
  activeMatchColorOverviewRuler: '#b5521b',
};

export function terminalLook(settings: Settings): TerminalLook {
  return {
    theme: isDark() ? dark : light,
    fontSize: Math.round(settings.textSize * 0.875),
    fontFamily: 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    lineHeight: 1.2,
    minimumContrastRatio: 4.5,
    screenReaderMode: settings.isScreenReaderOn,
    marks: isDark() ? darkMarks : lightMarks,
  };
}
