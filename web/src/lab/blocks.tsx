// Guide text drawn from the blocks the server parsed.
import { memo } from 'react';
import type { Block, PlacedCommand, Span } from '../../../server/appliance/http/types.ts';
import { Command } from './command.tsx';

type Run = (command: PlacedCommand) => void;

/** Text does not change while a lab does: it is drawn once. */
export const Blocks = memo(function Blocks({ blocks, onRun }: { blocks: Block[]; onRun: Run }) {
  return blocks.map((block, index) => <BlockView key={index} block={block} onRun={onRun} />);
});

function BlockView({ block, onRun }: { block: Block; onRun: Run }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Spans spans={block.spans} />
        </p>
      );
    case 'heading':
      return (
        <h3>
          <Spans spans={block.spans} />
        </h3>
      );
    case 'list': {
      const items = block.items.map((item, index) => (
        <li key={index}>
          <Blocks blocks={item} onRun={onRun} />
        </li>
      ));
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} onRun={onRun} />
        </blockquote>
      );
    case 'table':
      return <Table header={block.header} rows={block.rows} />;
    case 'commands':
      return block.commands.map((command, index) => <Command key={index} command={command} onRun={onRun} />);
    case 'listing':
      return (
        <pre className="listing" tabIndex={0}>
          {block.text}
        </pre>
      );
  }
}

function Spans({ spans }: { spans: Span[] }) {
  return spans.map((span, index) => {
    switch (span.kind) {
      case 'text':
        return span.text;
      case 'code':
        return <code key={index}>{span.text}</code>;
      case 'strong':
        return <strong key={index}>{span.text}</strong>;
      case 'emphasis':
        return <em key={index}>{span.text}</em>;
      case 'link':
        return (
          <a key={index} href={span.href} target="_blank" rel="noreferrer">
            {span.text}
          </a>
        );
    }
  });
}

function Table({ header, rows }: { header: Span[][]; rows: Span[][][] }) {
  return (
    <div className="table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col">
                <Spans spans={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index}>
                  <Spans spans={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
