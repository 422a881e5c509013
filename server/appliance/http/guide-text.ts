// A step's Markdown as blocks the browser can draw without ever rendering HTML. A fence whose info names a place
// (```controller, ```vm:vm01) holds commands for it; one without, or ```text, is a listing to read.
import { lexer, type Token, type Tokens } from 'marked';
import { parseCommands } from '../catalog/command-text.ts';
import type { Block, Span } from './types.ts';

export function guideBlocks(markdown: string): Block[] {
  return blocksOf(lexer(markdown));
}

function blocksOf(tokens: Token[]): Block[] {
  return tokens.flatMap((token): Block[] => {
    switch (token.type) {
      case 'heading':
        return [{ kind: 'heading', level: (token as Tokens.Heading).depth, spans: spansOf(token.tokens) }];
      case 'paragraph':
      case 'text':
        return [{ kind: 'paragraph', spans: spansOf(token.tokens ?? [token]) }];
      case 'blockquote':
        return [{ kind: 'quote', blocks: blocksOf(token.tokens ?? []) }];
      case 'list': {
        const list = token as Tokens.List;
        const items = list.items.map((item) => blocksOf(item.tokens));
        return [{ kind: 'list', isOrdered: list.ordered, items }];
      }
      case 'table': {
        const table = token as Tokens.Table;
        const cells = (row: Tokens.TableCell[]) => row.map((cell) => spansOf(cell.tokens));
        return [{ kind: 'table', header: cells(table.header), rows: table.rows.map(cells) }];
      }
      case 'code': {
        const { text, lang = '' } = token as Tokens.Code;
        const place = lang.trim().split(/\s+/)[0] ?? '';
        if (place === '' || place === 'text') return [{ kind: 'listing', text }];
        const { commands } = parseCommands(text, { file: '', place });
        return [
          {
            kind: 'commands',
            commands: commands.map((command) => ({ place: command.place, text: command.text })),
          },
        ];
      }
      case 'html':
        return [{ kind: 'paragraph', spans: [{ kind: 'text', text: token.raw.trim() }] }];
      default:
        return [];
    }
  });
}

function spansOf(tokens: Token[] | undefined): Span[] {
  const spans = (tokens ?? []).flatMap((token): Span[] => {
    switch (token.type) {
      case 'strong':
        return [{ kind: 'strong', text: plainText(token) }];
      case 'em':
        return [{ kind: 'emphasis', text: plainText(token) }];
      case 'codespan':
        return [{ kind: 'code', text: unescaped(token.text as string) }];
      case 'link':
        return [linkOf(token as Tokens.Link)];
      case 'br':
        return [{ kind: 'text', text: '\n' }];
      case 'text':
        if (token.tokens !== undefined) return spansOf(token.tokens);
        return [{ kind: 'text', text: unescaped(token.raw) }];
      default:
        return [{ kind: 'text', text: plainText(token) }];
    }
  });
  return spans.filter((span) => span.text !== '');
}

// Only web addresses and places on this page become links; 'javascript:' stays text.
function linkOf(token: Tokens.Link): Span {
  const text = plainText(token);
  return /^(https?:\/\/|#)/.test(token.href)
    ? { kind: 'link', text, href: token.href }
    : { kind: 'text', text };
}

function plainText(token: Token): string {
  if ('tokens' in token && token.tokens !== undefined) return token.tokens.map(plainText).join('');
  return unescaped('text' in token ? (token.text as string) : token.raw);
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
const unescaped = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity]!);
