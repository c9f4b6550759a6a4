import { measureCapacity } from '@polysem/core/capacity';
import { quadraticExactLoss, standardMoments } from '@polysem/engine/models';
import { generator } from '@polysem/numerics/random';
import { atMost, brief, equal, yes, type Unplaced } from '../claim.ts';
import { quadraticModel } from '../quadratic-model.ts';
import { uniformKurtosis } from '../uniform-kurtosis.ts';
import { rotated } from '../equations/random-embedding.ts';
import type { ArchitectureRow } from './architectures.ts';
import type { BlockKind, StructureCount } from './block-census.ts';
import type { NeuronMixing } from './neuron-mixing.ts';
import { TIGHT, type OneEigenspace } from './one-eigenspace.ts';
import type { SplittingOff } from './splitting-off.ts';
import { worstDecomposition } from './theorem-two.ts';
import type { TrainingDynamics } from './training-dynamics.ts';

/** Claims that the partial features of the quadratic model form one eigenspace, for every seed. */
export function oneEigenspaceClaims(sizes: readonly OneEigenspace[]): Unplaced[] {
  return sizes.flatMap((size) => {
    const { features, dims, seeds } = size;
    const id = `one-eigenspace-${features}-in-${dims}`;
    const source = 'sections 3.3 and 4.3';
    return [
      equal(
        {
          id,
          claim: `Quadratic model with ${features} features of random importance in ${dims} dimensions: in ${size.oneEigenspace} of ${seeds} trained networks all shared features form one tight frame (relative spread of its eigenvalues below ${TIGHT})`,
          source,
        },
        seeds,
        size.oneEigenspace,
      ),
      atMost(
        {
          id: `${id}-gap`,
          claim: `These ${seeds} networks, ${features} in ${dims}, reach the certified optimum (largest relative gap: ${brief(size.gap)})`,
          source,
          origin: 'polysem',
        },
        size.gap,
        1e-9,
      ),
    ];
  });
}

/** Claims about small and large blocks, and that trained matrices have the form of Theorem 2. */
export function architectureClaims(rows: readonly ArchitectureRow[]): Unplaced[] {
  const quadratic = rowNamed(rows, 'quadratic-computation-6-in-3');
  const pairs = rowNamed(rows, 'relu-compression-6-in-3');
  const pentagon = rowNamed(rows, 'relu-compression-5-in-2');
  const source = 'section 4.4';
  const { starts } = quadratic.census;
  const single = startsWith(
    quadratic,
    ({ blocks }) => blocks.length === 1 && isOne(blocks[0], 'unordered', 6),
  );
  const paired = startsWith(
    pairs,
    ({ blocks }) => blocks[0]?.shape === 'antipodal pair' && blocks[0].count === 3,
  );
  const others = pentagon.census.structures
    .filter(({ blocks }) => !isOne(blocks[0], 'pentagon', 5))
    .reduce((sum, { nearBest }) => sum + nearBest, 0);
  return [
    equal(
      {
        id: 'large-block',
        claim: `Equally important features, ${quadratic.name}: ${single} of ${starts} networks end in one large block without a regular shape`,
        source,
      },
      starts,
      single,
    ),
    atMost(
      {
        id: 'small-blocks',
        claim: `${pairs.name}: ${paired} of ${pairs.census.starts} networks end in three antipodal pairs`,
        source,
      },
      1 - paired / pairs.census.starts,
      0.05,
    ),
    equal(
      {
        id: 'pentagon-best',
        claim: `${pentagon.name}: of ${pentagon.census.nearBest} networks near the lowest loss, ${others} end in anything but a pentagon`,
        source,
      },
      0,
      others,
    ),
    ...formClaims(quadratic, pairs),
  ];
}

/** Claims that trained matrices have the form of Theorem 2: of the exact loss, and of one with random samples. */
function formClaims(quadratic: ArchitectureRow, pairs: ArchitectureRow): Unplaced[] {
  const [exact, sampled] = [quadratic, pairs].map(({ trained, noise }) =>
    worstDecomposition(
      trained.map(({ embedding }) => embedding),
      noise,
    ),
  );
  return [
    atMost(
      {
        id: 'trained-form',
        claim: `Trained matrices are of the form Q B P: ${quadratic.name}, largest relative error ${brief(exact.reconstructionError)}`,
        source: 'Theorem 2',
      },
      exact.reconstructionError,
      1e-6,
    ),
    atMost(
      {
        id: 'trained-integers',
        claim: `In these trained matrices, ${quadratic.name}, the capacities of each block sum to its number of dimensions (largest error: ${brief(exact.integerError)})`,
        source: 'section 4.3',
      },
      exact.integerError,
      1e-6,
    ),
    // Trained in float32 on a finite sample: blocks are orthogonal only to about the square root of the rounding error.
    atMost(
      {
        id: 'trained-form-sampled',
        claim: `Matrices trained on sampled inputs are of the form Q B P too: ${pairs.name}, largest relative error ${brief(sampled.reconstructionError)}`,
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
export function splittingClaims(result: SplittingOff): Unplaced[] {
  const source = 'section 4.5';
  const { features, dims, importance, fullFrom, splitAt } = result;
  const at = splitAt.length === 1 ? splitAt[0] : NaN;
  const step = importance[1] / importance[0] - 1;
  return [
    equal(
      {
        id: 'split-at',
        claim: `When one importance rises from 1 to 4 (${features} in ${dims}), that feature leaves its block at V = ${at.toPrecision(3)}, in steps of ${brief(100 * step)} %; equation 18 gives ${fullFrom.toPrecision(3)}`,
        source,
      },
      fullFrom,
      at,
      fullFrom * step,
    ),
    atMost(
      {
        id: 'split-full',
        claim: `Once that feature has left its block, its capacity is 1 (largest error: ${brief(result.capacityError)})`,
        source,
      },
      result.capacityError,
      1e-9,
    ),
    atMost(
      {
        id: 'split-others',
        claim: `Once it has left, the other features form a tight frame in ${dims - 1} dimensions (largest relative spread of eigenvalues: ${brief(result.othersTightness)})`,
        source,
      },
      result.othersTightness,
      TIGHT,
    ),
  ];
}

/** Claims about blocks aligned with neurons: small blocks give each neuron few features, large blocks many. */
export function neuronClaims(
  rows: readonly NeuronMixing[],
  architectures: readonly ArchitectureRow[],
): Unplaced[] {
  const source = 'section 4.6';
  const pairs = rows.filter((row) => Math.abs(row.blockSize - 2) < 1e-9);
  const bySize = rows.toSorted((a, b) => a.blockSize - b.blockSize);
  return [
    rotationClaim(rowNamed(architectures, 'quadratic-computation-6-in-3')),
    ...pairs.map((row) =>
      equal(
        {
          id: `neurons-${row.features}-in-${row.dims}`,
          claim: `${row.name}: once antipodal pairs are aligned with the neurons, no neuron mixes more than ${row.mostAfter} features`,
          source,
        },
        2,
        row.mostAfter,
      ),
    ),
    yes(
      {
        id: 'neurons-by-block',
        claim: `The larger the blocks, the more features an aligned neuron mixes (on average ${bySize.map(({ after }) => after.toFixed(1)).join(', ')})`,
        source,
      },
      bySize.every((row, at) => at === 0 || row.after >= bySize[at - 1].after - 0.01),
    ),
  ];
}

/** The claim that neurons are an arbitrary basis of the quadratic model. */
function rotationClaim({
  trained,
  experiment: { model, inputs, seed },
}: ArchitectureRow): Unplaced {
  const w = trained[0].embedding;
  const turned = rotated(w, generator(seed));
  const loss = quadraticExactLoss(
    quadraticModel(w.dims, model.importance),
    standardMoments(uniformKurtosis(inputs.density)),
  );
  const [before, after] = [w, turned].map((one) => ({
    loss: loss.evaluate(Float64Array.from(one.data), new Float64Array(loss.size)),
    capacity: measureCapacity(one).capacity,
  }));
  const change = Math.max(
    Math.abs(after.loss / before.loss - 1),
    ...before.capacity.map((c, i) => Math.abs(c - after.capacity[i])),
  );
  return atMost(
    {
      id: 'neurons-rotation',
      claim: `In the quadratic model the neurons are an arbitrary basis: a random rotation of a trained network changes loss and capacities by at most ${brief(change)}`,
      source: 'section 4.6',
    },
    change,
    1e-12,
  );
}

/** Claims about the final blocks of the runs whose dynamics were recorded. */
export function dynamicsClaims(runs: readonly TrainingDynamics[]): Unplaced[] {
  const source = 'section 4.5';
  const last = (id: string) => runs.find((run) => run.id === id)?.dynamics.rows.at(-1);
  const pairs = (last('pairs')?.shapes ?? []).filter((shape) => shape === 'antipodal pair').length;
  const whole = last('full');
  const sum =
    whole?.full.join() === '0' && whole.blocks.length === 1 ? whole.blockCapacity[0] : NaN;
  return [
    equal(
      {
        id: 'dynamics-pairs',
        claim: `The recorded training of ReLU compression, 6 in 3, ends in ${pairs} antipodal pairs`,
        source,
      },
      3,
      pairs,
    ),
    equal(
      {
        id: 'dynamics-full',
        claim: `In the recorded training with one feature three times as important, that feature takes a dimension of its own and leaves ${sum.toFixed(3)} to the block of the others`,
        source,
      },
      2,
      sum,
      0.01,
    ),
  ];
}
