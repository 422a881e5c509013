// The commands print what python-neutronclient 8.1.0 printed for the same words, against this API.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { createVeil, readRecording } from '../../support/recorded-commands.ts';

const folder = new URL('recorded/', import.meta.url);

it.each(readdirSync(folder))('%s', async (file) => {
  await using cli = await commandLine();
  const { hide, reveal } = createVeil();
  for (const { command, output } of readRecording(readFileSync(new URL(file, folder), 'utf8'))) {
    const { out, err } = await cli.run(reveal(command));
    expect(`$ ${command}\n${hide(out + err).trimEnd()}`).toBe(`$ ${command}\n${output}`);
  }
});
