import type { Command } from 'commander';

export function addOpenrc(program: Command): void {
  program.command('openrc').description('openrc');
}
