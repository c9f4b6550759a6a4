import { atMost, equal, type Claim } from '../claim.ts';
import type { ArchitectureRow } from './architectures.ts';
import type { BlockKind, StructureCount } from './block-census.ts';
import type { NeuronMixing } from './neuron-mixing.ts';
import { TIGHT, type OneEigenspace } from './one-eigenspace.ts';
import type { SplittingOff } from './splitting-off.ts';
import { worstDecomposition } from './theorem-two.ts';
import type { TrainingDynamics } from './training-dynamics.ts';

/** Claims that the partial features of the quadratic model form one eigenspace, for every seed. */
export function oneEigenspaceClaims(sizes: readonly OneEigenspace[]): Claim[] {
  return sizes.flatMap((size) => {
    const { features, dims, seeds } = size;
    const id = `one-eigenspace-${features}-in-${dims}`;
    const source = 'sections 3.3 and 4.3';
    return [
      equal(
        {
          id,
          claim: `Quadratic model, ${features} in ${dims}, ${seeds} seeds, random importances: seeds in which the partial features form one eigenspace (relative spread of eigenvalues below ${TIGHT})`,
          source,
        },
        seeds,
        size.oneEigenspace,
        0,
      ),
      atMost(
        {
          id: `${id}-gap`,
          claim: 'These networks: largest relative gap to the certified optimum',
          source,
        },
        size.gap,
        1e-9,
      ),
    ];
  });
}

/** Claims about small and large blocks, and that trained matrices have the form of Theorem 2. */
export function architectureClaims(rows: readonly ArchitectureRow[]): Claim[] {
  const quadratic = rowNamed(rows, 'quadratic-computation-6-in-3');
  const pairs = rowNamed(rows, 'relu-compression-6-in-3');
  const pentagon = rowNamed(rows, 'relu-compression-5-in-2');
  const source = 'section 4.4';
  return [
    equal(
      {
        id: 'large-block',
        claim: `Equal importances, ${quadratic.name}, ${quadratic.census.starts} restarts: restarts that end in a single unordered block`,
        source,
      },
      quadratic.census.starts,
      startsWith(
        quadratic,
        ({ blocks }) => blocks.length === 1 && isOne(blocks[0], 'unordered', 6),
      ),
      0,
    ),
    atMost(
      {
        id: 'small-blocks',
        claim: `${pairs.name}: fraction of restarts that do not end in three antipodal pairs`,
        source,
      },
      1 -
        startsWith(
          pairs,
          ({ blocks }) => blocks[0]?.shape === 'antipodal pair' && blocks[0].count === 3,
        ) /
          pairs.census.starts,
      0.05,
    ),
    equal(
      {
        id: 'pentagon-best',
        claim: `${pentagon.name}: restarts near the lowest loss that do not end in a pentagon`,
        source,
      },
      0,
      pentagon.census.structures
        .filter(({ blocks }) => !isOne(blocks[0], 'pentagon', 5))
        .reduce((sum, { nearBest }) => sum + nearBest, 0),
      0,
    ),
    ...formClaims(quadratic, pairs),
  ];
}

/** Claims that trained matrices have the form of Theorem 2: of the exact loss, and of one with random samples. */
function formClaims(quadratic: ArchitectureRow, pairs: ArchitectureRow): Claim[] {
  const exact = worstDecomposition(
    quadratic.trained.map(({ embedding }) => embedding),
    quadratic.noise,
  );
  const sampled = worstDecomposition(
    pairs.trained.map(({ embedding }) => embedding),
    pairs.noise,
  );
  return [
    atMost(
      {
        id: 'trained-form',
        claim: `Trained matrices, ${quadratic.name}: largest |W - Q B P| / |W|`,
        source: 'Theorem 2',
      },
      exact.reconstructionError,
      1e-6,
    ),
    atMost(
      {
        id: 'trained-integers',
        claim: 'The same matrices: capacities of each block sum to its dimension, largest error',
        source: 'section 4.3',
      },
      exact.integerError,
      1e-6,
    ),
    // Trained in float32 on a finite sample: blocks are orthogonal only to about the square root of the rounding error.
    atMost(
      {
        id: 'trained-form-sampled',
        claim: `Trained matrices, ${pairs.name}: largest |W - Q B P| / |W|`,
        source: 'Theorem 2',
      },
      sampled.reconstructionError,
      1e-3,
    ),
  ];
}

function rowNamed(rows: readonly ArchitectureRow[], id: string): ArchitectureRow {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new RangeError(`architectureClaims: there is no row ${id}`);
  return row;
}

function isOne({ shape, features, count }: BlockKind, name: string, size: number): boolean {
  return shape === name && features === size && count === 1;
}

function startsWith(
  { census }: ArchitectureRow,
  holds: (structure: StructureCount) => boolean,
): number {
  return census.structures.filter(holds).reduce((sum, { count }) => sum + count, 0);
}

/** Claims that a feature leaves its block when its capacity reaches 1. */
export function splittingClaims(result: SplittingOff): Claim[] {
  const source = 'section 4.5';
  const { features, dims, importance, fullFrom, splitAt } = result;
  return [
    equal(
      {
        id: 'split-at',
        claim: `One importance raised from 1 to 4, ${features} in ${dims}: that feature splits from its block at V =`,
        source,
      },
      fullFrom,
      splitAt.length === 1 ? splitAt[0] : NaN,
      fullFrom * (importance[1] / importance[0] - 1),
    ),
    atMost(
      { id: 'split-full', claim: 'After the split its capacity is 1: largest error', source },
      result.capacityError,
      1e-9,
    ),
    atMost(
      {
        id: 'split-others',
        claim: `After the split the other features form a tight frame in ${dims - 1} dimensions: largest relative spread of eigenvalues`,
        source,
      },
      result.othersTightness,
      TIGHT,
    ),
  ];
}

/** Claims about blocks aligned with neurons: small blocks give each neuron few features, large blocks many. */
export function neuronClaims(rows: readonly NeuronMixing[]): Claim[] {
  const source = 'section 4.6';
  const pairs = rows.filter((row) => Math.abs(row.blockSize - 2) < 1e-9);
  const bySize = rows.toSorted((a, b) => a.blockSize - b.blockSize);
  return [
    ...pairs.map((row) =>
      equal(
        {
          id: `neurons-${row.features}-in-${row.dims}`,
          claim: `${row.name}, blocks of 2 aligned with the neurons: largest number of features in a neuron`,
          source,
        },
        2,
        row.mostAfter,
        0,
      ),
    ),
    equal(
      {
        id: 'neurons-by-block',
        claim: `The larger the blocks, the more features an aligned neuron mixes (${bySize.map(({ after }) => after.toFixed(1)).join(', ')}): exceptions to this order`,
        source,
      },
      0,
      bySize.filter((row, at) => at > 0 && row.after < bySize[at - 1].after - 0.01).length,
      0,
    ),
  ];
}

/** Claims about the final blocks of the runs whose dynamics were recorded. */
export function dynamicsClaims(runs: readonly TrainingDynamics[]): Claim[] {
  const source = 'section 4.5';
  const last = (id: string) => runs.find((run) => run.id === id)?.dynamics.rows.at(-1);
  const shapes = last('pairs')?.shapes ?? [];
  const whole = last('full');
  return [
    equal(
      {
        id: 'dynamics-pairs',
        claim: 'Training dynamics, ReLU compression, 6 in 3: antipodal pairs at the end',
        source,
      },
      3,
      shapes.filter((shape) => shape === 'antipodal pair').length,
      0,
    ),
    equal(
      {
        id: 'dynamics-full',
        claim:
          'Training dynamics, quadratic model, one feature three times as important: that feature ends with its own dimension; sum of C of the others',
        source,
      },
      2,
      whole?.full.join() === '0' && whole.blocks.length === 1 ? whole.blockCapacity[0] : NaN,
      0.01,
    ),
  ];
}
