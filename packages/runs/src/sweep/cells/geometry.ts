import type { GeometryFigures, GeometryOptions } from '@polysem/core/geometry';
import { inInterval } from '@polysem/numerics/checks';
import { findGeometry } from '../../geometry/find-geometry.ts';
import type { CellJob, Computation, Measurement, Parameters } from './computation.ts';
import { matrixFields, resolveMatrix, unknownSize, withMatrix } from './file-matrix.ts';
import { choice, number, parametersOf } from './schemas.ts';

/** Defaults of `polysem geometry`. */
const USUAL = { noise: 0.03, significance: 0.001, signs: 'fixed' } as const;

const resolve = (given: Parameters): Parameters => ({
  ...resolveMatrix(given),
  noise: given.noise ?? USUAL.noise,
  significance: given.significance ?? USUAL.significance,
  signs: given.signs ?? USUAL.signs,
});

async function compute(job: CellJob): Promise<GeometryFigures> {
  const { noise, significance, signs } = job.parameters as unknown as Required<GeometryOptions>;
  const options = { noise, significance, signs, seed: job.seed };
  const { threads } = job.context;
  const { geometry: found } = await withMatrix(job, async (matrix) =>
    findGeometry(matrix, options, { threads }, { onProgress: () => {}, onNote: () => {} }),
  );
  return found;
}

const measurements: Readonly<Record<string, Measurement<GeometryFigures>>> = {
  features: {
    type: 'integer',
    description: 'N, the number of features.',
    of: ({ structure }) => structure.features,
  },
  dims: {
    type: 'integer',
    description: 'D, the number of dimensions.',
    of: ({ structure }) => structure.dims,
  },
  rank: {
    type: 'integer',
    description: 'Numerical rank of W.',
    of: ({ structure }) => structure.rank,
  },
  verdict: {
    type: 'text',
    description: 'blocks, or none if the null models explain every division.',
    of: ({ structure }) => structure.verdict,
  },
  blocks: {
    type: 'integer',
    description: 'Number of blocks.',
    of: ({ structure }) => structure.components.length,
  },
  blockFeatures: {
    type: 'numbers',
    description: 'Number of features of each block.',
    of: ({ structure }) => structure.components.map(({ features }) => features.length),
  },
  blockDims: {
    type: 'numbers',
    description: 'Number of dimensions of each block.',
    of: ({ structure }) => structure.components.map(({ dims }) => dims),
  },
  blockCapacity: {
    type: 'numbers',
    description: 'Sum of the capacities of each block; its dimensions if W is efficient.',
    of: ({ structure }) => structure.components.map(({ capacity }) => capacity),
  },
  shapes: {
    type: 'text',
    description: 'Shape of each block, separated by semicolons.',
    of: ({ shapes }) => shapes.map(({ name }) => name).join('; '),
  },
  full: {
    type: 'integer',
    description: 'Number of features with a dimension of their own.',
    of: ({ structure }) => structure.full.length,
  },
  ignored: {
    type: 'integer',
    description: 'Number of features without capacity.',
    of: ({ structure }) => structure.ignored.length,
  },
  noise: {
    type: 'number',
    description: 'Length of the noise in a vector over the mean length.',
    of: ({ structure }) => structure.noise,
  },
  distance: {
    type: 'number',
    description: 'Relative distance to the nearest efficient matrix that was found.',
    of: ({ nearest, form }) => nearest?.relativeDistance ?? form?.relativeError ?? null,
  },
  capacity: {
    type: 'numbers',
    description: 'Capacity of each feature.',
    of: ({ measured }) => Array.from(measured.capacity),
  },
};

/** The blocks of a matrix in a file and their shapes, as `polysem geometry`. */
export const geometry: Computation<GeometryFigures> = {
  name: 'geometry',
  description:
    'Blocks of a weight matrix in a file, their shapes, and its distance to an efficient matrix.',
  schema: parametersOf({
    ...matrixFields,
    noise: number(
      `Length of the noise in a vector over the mean length (default: ${USUAL.noise}).`,
    ),
    significance: number(
      `Probability under the null models below which blocks count (default: ${USUAL.significance}).`,
    ),
    signs: choice(
      ['fixed', 'free'],
      'free: signs of features may be flipped to recognise a shape (default: fixed).',
    ),
  }),
  measurements,
  usual: ['features', 'dims', 'rank', 'verdict', 'blocks', 'shapes', 'distance'],
  free: new Set(),
  resolve,
  check: ({ noise, significance }) => {
    inInterval('noise', noise as number, 0, 1, '[)');
    inInterval('significance', significance as number, 0, 1, '()');
  },
  model: () => null,
  size: () => unknownSize,
  compute,
};
