// The real `openstack` of a cloud's controller, typed into as a learner does it there: credentials loaded, no other options.
import { expect } from 'vitest';
import type { ProofLab } from '../../../server/appliance/proof/deps.ts';
import type { ExecResult } from '../../../server/appliance/checks/types.ts';

export interface OpenstackClient {
  /** Types lines into one `openstack`, which costs its start once; answers with the JSON of those that end in `-f json`. */
  type<Answers extends unknown[]>(...lines: string[]): Promise<Answers>;
  /** Runs one `openstack`, whatever comes of it. */
  run(line: string): Promise<ExecResult>;
}

/** A document as the client prints it: indented, but for its first and its last line. */
const document = /^(?:\[\]|\{\}|[[{]\n[^]*?^[\]}])$/gm;

/** The client in a lab's controller, with a file of credentials that lies there (`openrc-admin`, `openrc-demo`). */
export function openstackClient(lab: Pick<ProofLab, 'runInNode'>, file: string): OpenstackClient {
  const bash = (command: string, stdin?: string) =>
    lab.runInNode('controller', ['bash', '-c', `cd /root && source ${file} && ${command}`], {
      timeoutMs: 120_000,
      ...(stdin === undefined ? {} : { stdin }),
    });
  return {
    type: async <Answers extends unknown[]>(...lines: string[]) => {
      const { code, stdout, stderr } = await bash('openstack', `${lines.join('\n')}\n`);
      expect([code, stderr]).toEqual([0, '']);
      const answers = (stdout.match(document) ?? []).map((text) => JSON.parse(text) as unknown);
      expect(answers, stdout).toHaveLength(lines.filter((line) => line.endsWith('-f json')).length);
      return answers as Answers;
    },
    run: (line) => bash(`openstack ${line}`),
  };
}

/** What the client calls otherwise than the API. */
const apiNames: Record<string, string> = { security_group_ids: 'security_groups', ether_type: 'ethertype' };

/** Holds what the client shows of a resource to what the API tells; what that leaves out is empty here. */
export function expectShown(shown: Record<string, unknown>, told: Record<string, unknown>): void {
  const expected = Object.keys(shown).map((key) => {
    const name = apiNames[key] ?? key.replace(/^binding_/, 'binding:');
    return [key, name in told ? told[name] : expect.toSatisfy(isEmpty)] as const;
  });
  expect(shown).toEqual(Object.fromEntries(expected));
  expect(shown.id).toBe(told.id);
}

const isEmpty = (value: unknown) => ['null', 'false', '[]', '{}'].includes(JSON.stringify(value));
