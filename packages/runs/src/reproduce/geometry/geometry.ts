import { inSection, type Claim } from '../claim.ts';
import { paperSections } from '../paper-sections.ts';
import type { GeometrySize } from '../sizes/geometry-size.ts';
import { architectureTable, type ArchitectureRow } from './architectures.ts';
import { figure5Claims, figure6Claims, polytopeClaim } from './example-claims.ts';
import { figure5, type Figure5 } from './figure5.ts';
import { figure6, type MeasuredArrangement } from './figure6.ts';
import { neuronMixing, type NeuronMixing } from './neuron-mixing.ts';
import { oneEigenspace, type OneEigenspace } from './one-eigenspace.ts';
import { splittingOff, type SplittingOff } from './splitting-off.ts';
import { theoremOneClaims, theoremTwoClaims } from './theorem-claims.ts';
import { theoremOne, type TheoremOne } from './theorem-one.ts';
import { theoremTwo, type TheoremTwo } from './theorem-two.ts';
import {
  architectureClaims,
  dynamicsClaims,
  neuronClaims,
  oneEigenspaceClaims,
  splittingClaims,
} from './trained-claims.ts';
import { trainingDynamics, type TrainingDynamics } from './training-dynamics.ts';

/** Results for section 4 of arXiv:2210.01892. */
export interface Geometry {
  readonly figure5: Figure5;
  readonly figure6: readonly MeasuredArrangement[];
  readonly theoremOne: TheoremOne;
  readonly theoremTwo: TheoremTwo;
  /** Block structures of each architecture at equal importances. */
  readonly architectures: readonly ArchitectureRow[];
  /** The quadratic model at unequal importances, 6 in 3 and 40 in 20. */
  readonly oneEigenspace: readonly OneEigenspace[];
  readonly splittingOff: SplittingOff;
  readonly neuronMixing: readonly NeuronMixing[];
  readonly trainingDynamics: readonly TrainingDynamics[];
}

/** Architectures whose neurons are measured: some with small blocks, some with large. */
const MIXING = [
  'relu-compression-4-in-3',
  'relu-compression-6-in-3',
  'relu-compression-20-in-10',
  'quadratic-computation-6-in-3',
  'relu-compression-20-in-5',
];

/**
 * Computes figures 5 and 6, tests Theorems 1 and 2, and measures trained networks (sections 4.2 to 4.6).
 *
 * @param size how many restarts and random matrices.
 * @param seed decides all random numbers.
 * @param progress called with a label and the fraction done, 0 to 1.
 * @returns the results of each experiment.
 *
 * @remarks No example: it trains for seconds at the smallest size.
 */
export function geometry(
  { seeds, draws }: GeometrySize,
  seed: number,
  progress: (label: string, done: number) => void = () => undefined,
): Geometry {
  const architectures = architectureTable(seeds, seed, (done) =>
    progress('blocks of each architecture', done),
  );
  const sizes = [
    { features: 6, dims: 3 },
    { features: 40, dims: 20 },
  ];
  return {
    figure5: figure5(seed),
    figure6: figure6(),
    theoremOne: theoremOne(draws, seed),
    theoremTwo: theoremTwo(draws, seed),
    architectures,
    oneEigenspace: sizes.map((size) =>
      oneEigenspace(size, seeds, seed, (done) =>
        progress(`eigenspaces of ${size.features} features in ${size.dims} dimensions`, done),
      ),
    ),
    splittingOff: splittingOff(seed),
    neuronMixing: MIXING.map((id) => {
      const row = architectures.find((one) => one.id === id);
      if (row === undefined) throw new Error(`there is no architecture ${id}`);
      return neuronMixing(row.name, row.trained, row.noise);
    }),
    trainingDynamics: trainingDynamics(seed),
  };
}

/**
 * Claims of section 4. All measured numbers come from this run.
 *
 * @param result from {@link geometry}.
 * @returns the claims in the order of the paper.
 *
 * @remarks No example: its argument, {@link geometry}, trains for seconds at the smallest size.
 */
export function geometryClaims(result: Geometry): Claim[] {
  return [
    ...inSection(paperSections.efficient, [
      ...figure5Claims(result.figure5),
      ...figure6Claims(result.figure6),
      ...theoremOneClaims(result.theoremOne),
      ...theoremTwoClaims(result.theoremTwo),
      ...oneEigenspaceClaims(result.oneEigenspace),
    ]),
    ...inSection(paperSections.blocks, [
      polytopeClaim(),
      ...architectureClaims(result.architectures),
      ...splittingClaims(result.splittingOff),
      ...neuronClaims(result.neuronMixing, result.architectures),
      ...dynamicsClaims(result.trainingDynamics),
    ]),
  ];
}
