// One NN-<slug>.md: its title, its words, its command blocks.
import { marked } from 'marked';
import type { Token } from 'marked';
import { parseCommands } from './command-text.ts';
import type { LabCommand, Problem } from './types.ts';

export interface StepText {
  title: string;
  /** The text below the title. */
  markdown: string;
  shown: LabCommand[];
  /** Words a learner reads: prose, lists and tables; commands and listings do not count. */
  wordCount: number;
  problems: Problem[];
}

/** Reads a step's text. A fenced block whose info string is a place holds commands; `text` or nothing is a listing. */
export function parseStepText(file: string, source: string): StepText {
  const tokens = marked.lexer(source);
  const problems: Problem[] = [];
  const shown: LabCommand[] = [];
  let title: string | undefined;
  let wordCount = 0;
  let line = 1;
  for (const token of tokens) {
    if (token.type === 'heading' && token.depth === 1 && title === undefined) title = token.text;
    else if (token.type === 'code') {
      const place = token.lang?.split(/\s+/)[0];
      if (place !== undefined && place !== '' && place !== 'text') {
        const parsed = parseCommands(token.text, { file, firstLine: line + 1, place });
        shown.push(...parsed.commands);
        problems.push(...parsed.problems);
      }
    } else wordCount += countWords(token);
    line += token.raw.split('\n').length - 1;
  }
  if (title === undefined)
    problems.push({ file, line: 1, field: '', message: "the text has no title; begin with '# What to do'" });
  const markdown = source.replace(/^\s*# .*\n+/, '');
  return { title: title ?? '', markdown, shown, wordCount, problems };
}

function countWords(token: Token): number {
  if (token.type === 'space') return 0;
  return token.raw.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
