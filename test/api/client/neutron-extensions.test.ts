// The neutron commands of metering and tags, as the guide and the real client type them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type CommandLine } from '../../support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await commandLine();
});
afterAll(() => cli[Symbol.asyncDispose]());

const values = (out: string) =>
  Object.fromEntries(out.split('\n').map((line) => line.split(/ *\| */).slice(1, 3)));

it('makes, lists, shows and deletes metering labels and rules', async () => {
  const label = values(await cli.ok('neutron meter-label-create LABEL1 --description "DESCRIPTION_LABEL1"'));
  expect(label).toMatchObject({ name: 'LABEL1', description: 'DESCRIPTION_LABEL1', shared: 'False' });
  expect(await cli.ok('neutron meter-label-list')).toContain(`| ${label.id} | LABEL1 | DESCRIPTION_LABEL1 |`);
  expect(await cli.ok('neutron meter-label-show LABEL1')).toBe(
    await cli.ok(`neutron meter-label-show ${label.id}`),
  );
  const rule = values(
    await cli.ok(`neutron meter-label-rule-create ${label.id} 30.0.0.0/24 --direction egress --excluded`),
  );
  expect(rule).toMatchObject({ direction: 'egress', excluded: 'True', metering_label_id: label.id });
  expect(
    values(await cli.ok('neutron meter-label-rule-create LABEL1 10.0.0.0/24 --direction ingress')),
  ).toMatchObject({ direction: 'ingress', excluded: 'False', remote_ip_prefix: '10.0.0.0/24' });
  expect(values(await cli.ok('neutron meter-label-rule-create LABEL1 20.0.0.0/24 --excluded'))).toMatchObject(
    { direction: 'ingress', excluded: 'True' },
  );
  const listed = await cli.ok('neutron meter-label-rule-list');
  expect(listed.split('\n')[1]).toMatch(/^\| id +\| excluded \| direction \| remote_ip_prefix \|$/);
  expect(listed).toContain(rule.id);
  expect(values(await cli.ok(`neutron meter-label-rule-show ${rule.id}`))).toEqual(rule);
  expect(await cli.ok(`neutron meter-label-rule-delete ${rule.id}`)).toBe(
    `Deleted metering_label_rule: ${rule.id}`,
  );
  expect(await cli.ok('neutron meter-label-delete LABEL1')).toBe('Deleted metering_label: LABEL1');
  expect(await cli.ok('neutron meter-label-rule-list')).toBe('');
});

it('adds, replaces and removes tags, and lists by them', async () => {
  await cli.ok('neutron net-create net-a');
  await cli.ok('neutron net-create net-b');
  await cli.ok('neutron tag-add --resource-type network --resource net-a --tag red');
  await cli.ok('neutron tag-replace --resource-type network --resource net-b --tag red --tag "deep blue"');
  const listed = (words: string) => cli.ok(`neutron net-list -f value -c name --sort-key name ${words}`);
  expect(await listed('--tags red')).toBe('net-a\nnet-b');
  expect(await listed('--tags "red,deep blue"')).toBe('net-b');
  expect(await listed('--not-tags-any "deep blue" --name net-a')).toBe('net-a');
  expect(await cli.ok('neutron net-show net-b -f value -c tags')).toBe('red\ndeep blue');
  await cli.ok('neutron tag-remove --resource-type network --resource net-b --tag "deep blue"');
  expect(await cli.ok('neutron net-show net-b -f value -c tags')).toBe('red');
  await cli.ok('neutron tag-remove --resource-type network --resource net-b --all');
  expect(await listed('--tags-any red')).toBe('net-a');
  expect(await cli.run('neutron tag-add --resource-type agent --resource x --tag y')).toMatchObject({
    code: 2,
  });
  expect(await cli.run('neutron tag-remove --resource-type network --resource net-a')).toMatchObject({
    code: 2,
  });
});
