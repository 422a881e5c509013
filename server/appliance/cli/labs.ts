import type { Command } from 'commander';

export function addLabs(program: Command): void {
  program.command('labs').description('labs');
}
