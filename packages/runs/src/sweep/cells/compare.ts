import type { Comparison } from '@polysem/core/compare';
import { inInterval } from '@polysem/numerics/checks';
import { z } from 'zod';
import {
  compareMatrices,
  type CompareSettings,
  type MatrixToCompare,
} from '../../compare/compare-matrices.ts';
import type { Json } from '../cell.ts';
import type { CellJob, Computation, Measurement, Parameters } from './computation.ts';
import {
  matrixFields,
  resolveMatrix,
  unknownSize,
  withMatrix,
  type FileMatrix,
} from './file-matrix.ts';
import { choice, number, parametersOf, type Fields } from './schemas.ts';

/** Parameters of a matrix, each with a second one for the matrix that it is compared with. */
const OF_MATRIX = ['file', 'sha256', 'tensor', 'axis', 'preset', 'layer'] as const;

/** The parameters of the second matrix by the names of the first; those that are not given are those of the first. */
function ofSecond(given: Parameters): Parameters {
  const second: Record<string, Json> = {};
  for (const name of OF_MATRIX) {
    const value = given[`${name}B`] ?? given[name];
    if (value !== undefined) second[name] = value;
  }
  return second;
}

const resolve = (given: Parameters): Parameters => {
  const second = Object.entries(resolveMatrix(ofSecond(given)));
  return {
    ...resolveMatrix(given),
    ...Object.fromEntries(second.map(([name, value]) => [`${name}B`, value])),
    by: given.by ?? 'match',
    signs: given.signs ?? 'fixed',
    align: given.align ?? false,
    threshold: given.threshold ?? 0.7,
  };
};

async function compute(job: CellJob): Promise<Comparison> {
  const { by, signs, align, threshold } = job.parameters as unknown as CompareSettings;
  const { threads } = job.context;
  const treatment = { centre: false, normalise: false };
  const settings = { by, signs, align, threshold, seed: job.seed, threads, ...treatment };
  return withMatrix(job, async (first) =>
    withSecond(job, async (second) => {
      const sides = [matrixOf(first), matrixOf(second)] as const;
      return (await compareMatrices(...sides, settings, () => {})).comparison;
    }),
  );
}

/** Opens the second matrix; errors name its parameters. */
async function withSecond<T>(job: CellJob, use: (matrix: FileMatrix) => Promise<T>): Promise<T> {
  let isOpen = false;
  try {
    return await withMatrix({ ...job, parameters: ofSecond(job.parameters) }, (matrix) => {
      isOpen = true;
      return use(matrix);
    });
  } catch (error) {
    if (isOpen || !(error instanceof RangeError)) throw error;
    throw new RangeError(error.message.replace(/^(\w+): /, '$1B: '), { cause: error });
  }
}

function matrixOf({ file, path, choice: chosen, source }: FileMatrix): MatrixToCompare {
  const labels = chosen.axis === 'rows' ? (file.rowNames ?? null) : null;
  return { file: path, sha256: null, choice: chosen, source, labels };
}

/** A column that is one number. */
function figure(
  description: string,
  of: (comparison: Comparison) => number | null | undefined,
): Measurement<Comparison> {
  return { type: 'number', description, of: (comparison) => of(comparison) ?? null };
}

const measurements: Readonly<Record<string, Measurement<Comparison>>> = {
  featuresA: {
    ...figure('Number of features of A.', (c) => c.a.measured.features),
    type: 'integer',
  },
  featuresB: {
    ...figure('Number of features of B.', (c) => c.b.measured.features),
    type: 'integer',
  },
  pairs: { ...figure('Number of pairs.', (c) => c.pairs.a.length), type: 'integer' },
  meanCosine: figure('Mean cosine of the pairs.', (c) => c.similarity?.meanCosine),
  medianCosine: figure('Median cosine of the pairs.', (c) => c.similarity?.medianCosine),
  chanceCosine: figure(
    'Expected mean cosine of pairs of random directions; null where it would take long.',
    (c) => c.chance?.meanCosine,
  ),
  shareOfA: figure(
    'Fraction of the features of A in a pair above the threshold.',
    (c) => c.similarity?.shareOfA,
  ),
  shareOfB: figure(
    'Fraction of the features of B in a pair above the threshold.',
    (c) => c.similarity?.shareOfB,
  ),
  mcc: figure('Mean |cosine| of the best assignment; null unless one to one.', (c) => c.mcc),
  mmcsA: figure('Mean largest cosine of the features of A with those of B.', (c) => c.mmcs?.a),
  mmcsB: figure('Mean largest cosine of the features of B with those of A.', (c) => c.mmcs?.b),
  gramCosine: figure(
    'Cosine of the Gram matrices; null unless by order or names.',
    (c) => c.gram?.cosine,
  ),
  cka: figure('Linear CKA; null unless by order or names.', (c) => c.gram?.cka),
  spanOverlap: figure('Overlap of the spans.', (c) => c.span?.overlap),
  efficiencyA: figure('Efficiency of A.', (c) => c.a.efficiency),
  efficiencyB: figure('Efficiency of B.', (c) => c.b.efficiency),
  meanDifference: figure(
    'Mean over the pairs of the capacity in B minus that in A.',
    (c) => c.capacity?.difference.mean,
  ),
  spearman: figure('Rank correlation of the capacities of the pairs.', (c) => c.capacity?.spearman),
  cosine: {
    type: 'numbers',
    description: 'Cosine of each pair, in the order of A.',
    of: ({ pairs }) => Array.from(pairs.cosine),
  },
  difference: {
    type: 'numbers',
    description: 'Capacity in B minus capacity in A of each pair, in the order of A.',
    of: ({ pairs, a, b }) =>
      Array.from(pairs.a, (i, k) => b.measured.capacity[pairs.b[k]] - a.measured.capacity[i]),
  },
};

/** The fields of the second matrix, which is the first where they are left out. */
const secondFields: Fields = Object.fromEntries(
  Object.entries(matrixFields).map(([name, field]) => [
    `${name}B`,
    field.describe(`The same for the second matrix (default: that of the first).`),
  ]),
);

/** Two matrices of features in files, as `polysem compare`. */
export const compare: Computation<Comparison> = {
  name: 'compare',
  description: 'Two dictionaries of features in files: their directions and capacities.',
  schema: parametersOf({
    ...matrixFields,
    ...secondFields,
    by: choice(
      ['match', 'order', 'names'],
      'Pairs: similar directions, the same place, or the same name of the row (default: match).',
    ),
    signs: choice(
      ['fixed', 'free'],
      'free: a direction and its negative are the same (default: fixed).',
    ),
    align: z
      .boolean()
      .describe('Turn the second matrix onto the first, by order or names (default: false).'),
    threshold: number('Pairs above this cosine count as shared (default: 0.7).'),
  }),
  measurements,
  usual: ['pairs', 'meanCosine', 'chanceCosine', 'shareOfA', 'shareOfB', 'meanDifference'],
  free: new Set(),
  resolve,
  check: ({ threshold, align, by }) => {
    inInterval('threshold', threshold as number, -1, 1);
    if (align === true && by === 'match')
      throw new RangeError('align: needs pairs that are given; add by: order or by: names');
  },
  model: () => null,
  size: () => unknownSize,
  compute,
};
