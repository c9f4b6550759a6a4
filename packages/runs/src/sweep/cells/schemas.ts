import { distributionNames, distributionParameters } from '@polysem/core/features/distributions';
import { IMPORTANCE_PATTERN } from '@polysem/core/theory';
import { activationNames, tasks } from '@polysem/engine/names';
import { z } from 'zod';

/** Schemas of parameters by name. */
export type Fields = Readonly<Record<string, z.ZodType>>;

/** A positive integer. */
export const count = (description: string): z.ZodInt => z.int().min(1).describe(description);

/** A finite number. */
export const number = (description: string): z.ZodNumber => z.number().describe(description);

/** One of some words. */
export const choice = (names: readonly string[], description: string): z.ZodType =>
  z.enum(names as readonly [string, ...string[]]).describe(description);

/** One number for all features, or one per feature. */
export const perFeature = (description: string): z.ZodType =>
  z
    .union([z.number(), z.array(z.number()).min(1)], {
      error: () => 'expected a number, or a list with one number per feature',
    })
    .describe(description);

const FORMS =
  'expected a number, a list with one number per feature, powers such as 0.9^i, or a power law such as (i+1)^-0.5';

/** Importances. */
export const importance: z.ZodType = z
  .union(
    [
      z.number(),
      z.array(z.number()).min(1),
      z.string().regex(IMPORTANCE_PATTERN, { error: () => FORMS }),
    ],
    {
      error: () => FORMS,
    },
  )
  .describe(
    'Importance of each feature: one number for all, a list, powers such as 0.9^i, or a power law such as (i+1)^-0.5.',
  );

/** Numbers of features and dimensions. */
export const sizes: Fields = {
  features: count('N, the number of features (default: the number of importances).').max(100_000),
  dims: count('D, the number of dimensions.'),
  importance,
};

/** The distribution of active values. */
export const values: Fields = {
  shape: choice(
    distributionNames,
    'Distribution of active values (default: uniform; compression: uniform-positive).',
  ),
  ...Object.fromEntries(
    distributionParameters.map(({ name, description, distributions, default: usual }) => [
      name,
      number(`With the shape ${distributions.join(' or ')}: ${description} (default: ${usual}).`),
    ]),
  ),
};

const groups = z.union([z.int().min(1), z.array(z.array(z.int().min(0)).min(1))]);

/** Features that are active together. */
export const correlation: z.ZodType = z
  .union(
    [
      z.strictObject({ kind: z.enum(['together', 'one-of']), groups }),
      z.strictObject({
        kind: z.literal('copula'),
        loadings: z.union([z.number(), z.array(z.number()).min(1)]),
      }),
      z.strictObject({ kind: z.literal('copula'), matrix: z.array(z.array(z.number())).min(1) }),
      z.null(),
    ],
    {
      error: () =>
        'expected {kind: together or one-of, groups: n or lists of features}, {kind: copula, loadings: one number or one per feature}, {kind: copula, matrix: rows}, or null',
    },
  )
  .describe(
    'Features that are active together: {kind: together or one-of, groups}, {kind: copula, loadings} or {kind: copula, matrix}; null (default) for independent features.',
  );

/** The architecture of a toy model. */
export const architecture: Fields = {
  task: choice(tasks, 'Task of the model (default: computation).'),
  activation: choice(activationNames, 'Activation of the output (default: quadratic).'),
  hiddenActivation: choice(
    activationNames,
    'Activation of the hidden layer (default: linear for compression, relu for vector-computation).',
  ),
  target: choice(
    activationNames,
    'vector-computation: function of each feature to compute (default: abs).',
  ),
  importanceAs: choice(
    ['loss-weight', 'target-coefficient'],
    'compression, vector-computation: role of importance (default: loss-weight).',
  ),
  untied: z
    .boolean()
    .describe('compression: train the read-out separately from the embedding (default: false).'),
  bias: z.boolean().describe('Train a bias (default: true).'),
  outputWeights: choice(
    ['fixed', 'free'],
    'computation: fixed or trained output weights (default: fixed).',
  ),
};

/** The object of some parameters, all optional. */
export function parametersOf(fields: Fields): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.optional()])),
  );
}
