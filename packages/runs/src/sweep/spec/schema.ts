import { z } from 'zod';
import type { Computation } from '../cells/computation.ts';
import { computations } from '../cells/registry.ts';

/** Most values along one axis. */
const MOST_VALUES = 1_000_000;

const values = z
  .array(z.json())
  .min(1)
  .max(MOST_VALUES)
  .describe('The values, in the order of the cells.');
const ends = { from: z.number().describe('First value.'), to: z.number().describe('Last value.') };
const countOf = z.int().min(1).max(MOST_VALUES).describe('Number of values.');

const range = {
  linear: z
    .strictObject({ ...ends, count: countOf })
    .describe('Values with equal differences from `from` to `to`.'),
  log: z
    .strictObject({ ...ends, count: countOf })
    .describe('Values with equal ratios from `from` to `to`, both above 0.'),
  random: z
    .strictObject({
      distribution: z
        .enum(['uniform', 'log-uniform', 'integers'])
        .describe('uniform (default), log-uniform, or integers from `from` to `to`.')
        .optional(),
      ...ends,
      count: countOf,
      seed: z.int().min(0).describe('Seed of the values (default: 0).').optional(),
    })
    .describe('Random values.'),
};

/** The forms of an axis; exactly one is given. */
export const AXIS_FORMS = ['values', 'linear', 'log', 'random'] as const;

/** Schema of the axes of a computation. */
function axisOf(parameter: z.ZodType) {
  const one = {
    parameter,
    values: values.optional(),
    linear: range.linear.optional(),
    log: range.log.optional(),
    random: range.random.optional(),
  };
  const single = z.strictObject(one);
  return z.strictObject({
    ...one,
    parameter: parameter.optional(),
    zip: z.array(single).min(1).describe('Axes of equal length that advance together.').optional(),
  });
}

const seeds = z
  .union(
    [
      z.int().min(1).max(MOST_VALUES),
      z.array(z.int().min(0)).min(1).max(MOST_VALUES),
      z.strictObject({ from: z.int().min(0), count: countOf }),
    ],
    {
      error: () => 'expected a number of seeds, a list of seeds from 0 up, or {from: 0, count: 5}',
    },
  )
  .describe('Seeds: how many (from 0), a list, or {from, count} (default: [0]).');

const files = z
  .record(z.string(), z.string().regex(/^[0-9a-f]{64}$/))
  .describe('SHA-256 of input files by path (default: computed when the sweep is planned).');

function documentOf(computation: Computation) {
  const parameter = z
    .enum(Object.keys(computation.schema.shape) as [string, ...string[]])
    .describe('Parameter that varies along the axis.');
  const measurement = z.enum(Object.keys(computation.measurements) as [string, ...string[]]);
  return z.strictObject({
    $schema: z.string().describe('JSON Schema of this document, for editors.').optional(),
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
        error: () => 'expected up to 100 letters, digits, dots, dashes and underscores',
      })
      .describe('Name of the sweep (default: that of the file).')
      .optional(),
    compute: z.literal(computation.name).describe(computation.description),
    parameters: computation.schema.describe('Parameters that all cells share.').optional(),
    axes: z
      .array(axisOf(parameter))
      .describe('Axes; every combination of their values is a cell. The first varies slowest.')
      .optional(),
    ...(Object.hasOwn(computation.schema.shape, 'file') && { files: files.optional() }),
    seeds: seeds.optional(),
    measurements: z
      .array(measurement)
      .min(1)
      .describe('Columns of the table (default: the usual ones of the computation).')
      .optional(),
    weights: z
      .boolean()
      .describe('Keep the trained weights of each cell as a safetensors file (default: false).')
      .optional(),
    kernel: z
      .enum(['auto', 'wasm-fma', 'wasm-simd', 'typescript'])
      .describe('Training kernel (default: auto, the fastest).')
      .optional(),
  });
}

/** Schema of a document for each computation. */
export const documents: Readonly<Record<string, z.ZodObject>> = Object.fromEntries(
  Object.values(computations).map((one) => [one.name, documentOf(one)]),
);
