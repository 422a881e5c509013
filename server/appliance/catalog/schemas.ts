// The fields of lab.yaml, checks/NN.yaml, mistakes/*.yaml and faults/*.yaml. Types: ./types.ts; words for a trainer: labs/README.md.
import { z } from 'zod';
import { mechanisms, mostComputes, mostNetworks, tenantTypes, usualShape } from '../labs/cloud-shape.ts';

const words = z.string().min(1, 'must not be empty');

export const labSchema = z.strictObject({
  title: words,
  level: z.enum(['beginner', 'intermediate', 'advanced']),
  minutes: z.int().min(1).max(480),
  /** Its place among the labs; those without come last, by name. */
  order: z.int().min(1).optional(),
  chapter: words,
  summary: words,
  outcomes: z.array(words).min(1, 'name at least one thing the learner will be able to do'),
  gating: z.enum(['free', 'soft', 'hard']).default('free'),
  cloud: z
    .strictObject({
      compute: z.int().min(1).max(mostComputes).default(usualShape.computeCount),
      network: z.int().min(1).max(mostNetworks).default(usualShape.networkCount),
      mechanism: z
        .union([z.enum(mechanisms), z.record(z.string(), z.enum(mechanisms))])
        .default(usualShape.mechanism),
      types: z.array(z.enum(tenantTypes)).min(1).default(usualShape.types),
      l2population: z.boolean().default(false),
      dvr: z.boolean().default(false),
      ha: z.boolean().default(false),
      spare_wire: z.boolean().default(false),
      metering: z.boolean().default(false),
      config: z
        .array(
          z.strictObject({
            node: words,
            file: z.string().startsWith('/', "must be an absolute path, such as '/etc/neutron/l3_agent.ini'"),
            section: words,
            option: words,
            value: z.coerce.string(),
          }),
        )
        .default([]),
    })
    .prefault({}),
  steps: z
    .array(
      z
        .string()
        .regex(
          /^[a-z0-9]+(-[a-z0-9]+)*$/,
          'a step is named in lower case with dashes, as in its file NN-name.md',
        ),
    )
    .min(1, 'a lab has at least one step'),
});

/** Fields of a check beside the one that names its kind. */
export const checkFields = {
  name: words,
  guard: z.boolean().default(false),
  needs: z.array(z.string()).default([]),
  within: z.number().min(0).max(60, 'no check waits longer than 60 seconds').optional(),
  where: words.optional(),
  hints: z.array(words).max(5, 'five hints are enough; then comes the solution').default([]),
};

export const mistakeSchema = z.strictObject({
  title: words,
  step: words,
  trips: words,
  instead: words,
  undo: words,
});

export const faultSchema = z.strictObject({
  title: words,
  step: words,
  trips: words,
  inject: words,
  fix: words,
  symptom: words,
  cause: words,
});
