// patchbay shell: a login shell in a node, or one command.
import type { Command } from 'commander';
import { exec, openTerminal } from '../labs/exec.ts';
import { getLab, getNode, openEngine } from './ready-engine.ts';

/** Joins this terminal with one in the node until the program there ends; answers with its exit code. */
async function attach(
  engine: Awaited<ReturnType<typeof openEngine>>,
  lab: string,
  node: string,
  argv: string[],
): Promise<number> {
  const size = () => ({ cols: process.stdout.columns, rows: process.stdout.rows });
  const terminal = await openTerminal(engine, lab, node, argv, size());
  const onResize = () => void terminal.resize(size()).catch(() => undefined);
  process.stdout.on('resize', onResize);
  process.stdin.setRawMode(true);
  process.stdin.pipe(terminal.stream);
  terminal.stream.pipe(process.stdout);
  await new Promise((resolve) => terminal.stream.on('end', resolve).on('error', resolve));
  process.stdin.unpipe(terminal.stream);
  process.stdin.setRawMode(false);
  process.stdin.pause();
  process.stdout.off('resize', onResize);
  terminal.close();
  return terminal.readExitCode();
}

export function addShell(program: Command): void {
  program
    .command('shell')
    .description('open a shell in a node, or run one command there')
    .argument('<lab>', 'name of a running lab')
    .argument('<node>', 'controller, network, compute1, ...')
    .argument('[command...]', 'instead of a shell; all that follows the node, options too')
    .passThroughOptions()
    .addHelpText('after', '\nExample:\n  patchbay shell play network ovs-vsctl show')
    .action(async (labName: string, nodeName: string, words: string[]) => {
      const engine = await openEngine();
      const lab = await getLab(engine, labName);
      const node = getNode(lab, nodeName);
      const command = words[0] === '--' ? words.slice(1) : words;
      const argv = command.length > 0 ? command : ['bash', '-l'];
      if (process.stdin.isTTY && process.stdout.isTTY) {
        process.exitCode = await attach(engine, lab.name, node.name, argv);
        return;
      }
      const { code, stdout, stderr } = await exec(engine, lab.name, node.name, argv, { timeoutMs: 600_000 });
      process.stdout.write(stdout);
      process.stderr.write(stderr);
      process.exitCode = code;
    });
}
