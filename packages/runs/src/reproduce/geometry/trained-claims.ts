import { atMost, equal, type Claim } from '../claim.ts';
import type { ArchitectureRow } from './architectures.ts';
import type { BlockKind, StructureCount } from './block-census.ts';
import type { NeuronMixing } from './neuron-mixing.ts';
import { TIGHT, type OneEigenspace } from './one-eigenspace.ts';
import type { SplittingOff } from './splitting-off.ts';
import { worstDecomposition } from './theorem-two.ts';
import type { TrainingDynamics } from './training-dynamics.ts';

/** In every seed the partial features of the quadratic model are one eigenspace. */
export function oneEigenspaceClaims(sizes: readonly OneEigenspace[]): Claim[] {
  return sizes.flatMap((size) => {
    const { features, dims, seeds } = size;
    const id = `one-eigenspace-${features}-in-${dims}`;
    const source = 'sections 3.3 and 4.3';
    return [
      equal(
        {
          id,
          claim: `Quadratic model, ${features} in ${dims}, ${seeds} seeds with importances of their own: partial features are one eigenspace, spread below ${TIGHT}, in`,
          source,
        },
        seeds,
        size.oneEigenspace,
        0,
      ),
      atMost(
        { id: `${id}-gap`, claim: 'Largest relative gap of these networks to the optimum', source },
        size.gap,
        1e-9,
      ),
    ];
  });
}

/** Small blocks and large ones, and whether trained matrices are what Theorem 2 says. */
export function architectureClaims(rows: readonly ArchitectureRow[]): Claim[] {
  const quadratic = rowNamed(rows, 'quadratic-computation-6-in-3');
  const pairs = rowNamed(rows, 'relu-compression-6-in-3');
  const pentagon = rowNamed(rows, 'relu-compression-5-in-2');
  const source = 'section 4.4';
  const exact = worstDecomposition(
    quadratic.trained.map(({ embedding }) => embedding),
    quadratic.noise,
  );
  const sampled = worstDecomposition(
    pairs.trained.map(({ embedding }) => embedding),
    pairs.noise,
  );
  return [
    equal(
      {
        id: 'large-block',
        claim: `Equal importances, ${quadratic.name}, ${quadratic.census.starts} starts: those that end in one unordered block`,
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
        claim: `${pairs.name}: share of starts that do not end in three antipodal pairs`,
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
        claim: `${pentagon.name}: starts near the least loss that are no pentagon`,
        source,
      },
      0,
      pentagon.census.structures
        .filter(({ blocks }) => !isOne(blocks[0], 'pentagon', 5))
        .reduce((sum, { nearBest }) => sum + nearBest, 0),
      0,
    ),
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
        claim: 'and largest difference of a block’s sum of capacities from its dimension',
        source: 'section 4.3',
      },
      exact.integerError,
      1e-6,
    ),
    // On a finite sample in float32 pairs are orthogonal to about the square root of its rounding.
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

/** A feature whose capacity reaches 1 leaves its block. */
export function splittingClaims(result: SplittingOff): Claim[] {
  const source = 'section 4.5';
  const { features, dims, importance, fullFrom, splitAt } = result;
  return [
    equal(
      {
        id: 'split-at',
        claim: `One importance raised from 1 to 4, ${features} in ${dims}: its feature splits from its block at V =`,
        source,
      },
      fullFrom,
      splitAt.length === 1 ? splitAt[0] : NaN,
      fullFrom * (importance[1] / importance[0] - 1),
    ),
    atMost(
      { id: 'split-full', claim: 'and its capacity is 1 from then on, within', source },
      result.capacityError,
      1e-9,
    ),
    atMost(
      {
        id: 'split-others',
        claim: `while the others are a tight frame of ${dims - 1} dimensions, spread of eigenvalues at most`,
        source,
      },
      result.othersTightness,
      TIGHT,
    ),
  ];
}

/** Blocks turned to the neurons: small ones leave few features to each, large ones many. */
export function neuronClaims(rows: readonly NeuronMixing[]): Claim[] {
  const source = 'section 4.6';
  const pairs = rows.filter((row) => Math.abs(row.blockSize - 2) < 1e-9);
  const bySize = rows.toSorted((a, b) => a.blockSize - b.blockSize);
  return [
    ...pairs.map((row) =>
      equal(
        {
          id: `neurons-${row.features}-in-${row.dims}`,
          claim: `${row.name}, blocks of 2 turned to the neurons: most features in a neuron`,
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
        claim: `The larger the blocks, the more features a neuron mixes once aligned (${bySize.map(({ after }) => after.toFixed(1)).join(', ')}): neighbours out of order`,
        source,
      },
      0,
      bySize.filter((row, at) => at > 0 && row.after < bySize[at - 1].after - 0.01).length,
      0,
    ),
  ];
}

/** What the runs that were followed end in. */
export function dynamicsClaims(runs: readonly TrainingDynamics[]): Claim[] {
  const source = 'section 4.5';
  const last = (id: string) => runs.find((run) => run.id === id)?.dynamics.rows.at(-1);
  const shapes = last('pairs')?.shapes ?? [];
  const whole = last('full');
  return [
    equal(
      {
        id: 'dynamics-pairs',
        claim: 'Training followed, ReLU compression, 6 in 3: antipodal pairs formed by the end',
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
          'Quadratic model, one feature three times as important: a dimension of its own at the end, while C of the others sums to',
        source,
      },
      2,
      whole?.full.join() === '0' && whole.blocks.length === 1 ? whole.blockCapacity[0] : NaN,
      0.01,
    ),
  ];
}
