import type { Command } from 'commander';

export function addUp(program: Command): void {
  program.command('up').description('up');
}
