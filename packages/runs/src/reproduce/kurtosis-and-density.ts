import { logSpaced } from '@polysem/numerics/elementary';
import { journalOf, type JournalFolder } from './journals.ts';
import {
  defaultGridTraining,
  firstRise,
  planGrid,
  type Architecture,
  type GridDiagram,
  type GridSpec,
} from '@polysem/engine/phase';
import { moments, type DistributionName, type ValueDistribution } from '@polysem/core/features';
import { runGrid } from '../grid-run.ts';
import type { RowRunner } from '../run-rows.ts';
import { brief, equal, inSection, moreThan, type Claim, type Unplaced } from './claim.ts';
import { paperSections } from './paper-sections.ts';

/** Range of importance over which dimensions are shared, for one value distribution and density. */
export interface SharingWidth {
  readonly shape: DistributionName;
  readonly density: number;
  readonly kurtosis: number;
  /** Decades of the varied importance over which the capacity rises from 0.1 to 0.9. */
  readonly width: number;
}

/** Effects of kurtosis and of density, separated by varying the value distribution; 6 features in 3 dimensions. */
export interface KurtosisAndDensity {
  readonly models: readonly {
    readonly name: SeparatedModel;
    /** One per value distribution and fixed density. */
    readonly atDensity: readonly SharingWidth[];
    /** One per value distribution and fixed kurtosis. */
    readonly atKurtosis: readonly SharingWidth[];
  }[];
}

type SeparatedModel = 'computation quadratic' | 'computation relu' | 'compression relu';

/** Value distributions from light to heavy tails. At a fixed kurtosis, heavier tails mean a larger density. */
const SHAPES: readonly ValueDistribution[] = [
  { shape: 'uniform' },
  { shape: 'gaussian' },
  // Kurtosis 5.
  { shape: 'student-t', degreesOfFreedom: 7 },
  { shape: 'laplace' },
];
const ARCHITECTURES: Readonly<Record<SeparatedModel, Architecture>> = {
  'computation quadratic': { task: 'computation', activation: 'quadratic', outputWeights: 'fixed' },
  'computation relu': { task: 'computation', activation: 'relu', outputWeights: 'fixed' },
  'compression relu': { task: 'compression', activation: 'relu' },
};
const DENSITIES = [0.3, 0.1, 0.03];
const KURTOSES = [10, 18, 60];

/** Size of the experiment. */
export interface SeparationSize {
  /** Number of importances from 0.01 to 100. */
  readonly columns: number;
  readonly restarts: number;
}

/**
 * Separates the effects of kurtosis and density. Sparse inputs have kurtosis Kurt[z] / p, so with one value distribution
 * kurtosis and density cannot vary independently. Distributions with other tails give the same density at other kurtoses,
 * and the same kurtosis at other densities.
 *
 * @param size importances per curve, and restarts.
 * @param seed decides all random numbers.
 * @param runner computes the rows; the caller closes it.
 * @param options `journals`: where journals are kept, so that an interrupted run resumes. `onProgress`: called with a label
 *   and the fraction done, 0 to 1. `models`: which models; all by default.
 * @returns the range of importance with 0.1 < C < 0.9 for each model, distribution, density and kurtosis.
 *
 * @example
 * ```js
 * import { openRowRunner } from 'polysem/runs';
 * import { kurtosisAndDensity } from 'polysem/reproduce';
 * const size = { columns: 2, restarts: 1 };
 * const runner = await openRowRunner({ threads: 1 });
 * const result = await kurtosisAndDensity(size, 0, runner, { models: ['computation quadratic'] });
 * result.models[0].atKurtosis.length; // 12
 * ```
 */
export async function kurtosisAndDensity(
  { columns, restarts }: SeparationSize,
  seed: number,
  runner: RowRunner,
  options: {
    readonly journals?: JournalFolder;
    readonly onProgress?: (label: string, done: number) => void;
    /** Default: all. */
    readonly models?: readonly SeparatedModel[];
  } = {},
): Promise<KurtosisAndDensity> {
  const names = options.models ?? (Object.keys(ARCHITECTURES) as SeparatedModel[]);
  const { journals, onProgress } = options;
  let ended = 0;
  const total = names.length * SHAPES.length * 2;
  const widths = async (
    name: SeparatedModel,
    values: ValueDistribution,
    densities: readonly number[],
  ): Promise<SharingWidth[]> => {
    const spec = sharingSpec(ARCHITECTURES[name], values, densities, { columns, restarts }, seed);
    const at = ended++;
    const diagram = await runGrid(planGrid(spec), runner, {
      ...journalOf(journals, 'kurtosis', String(at)),
      onProgress: (done) => onProgress?.('kurtosis and density', (at + done) / total),
    });
    return sharingWidths(diagram, values);
  };

  const models: KurtosisAndDensity['models'][number][] = [];
  for (const name of names) {
    const atDensity: SharingWidth[] = [];
    const atKurtosis: SharingWidth[] = [];
    for (const values of SHAPES) {
      const own = moments({ ...values, density: 1, unitVariance: true }).kurtosis;
      // Sequential, because each grid uses all threads.
      // oxlint-disable-next-line no-await-in-loop
      atDensity.push(...(await widths(name, values, DENSITIES)));
      const densities = KURTOSES.map((kurtosis) => own / kurtosis);
      // oxlint-disable-next-line no-await-in-loop
      atKurtosis.push(...(await widths(name, values, densities)));
    }
    models.push({ name, atDensity, atKurtosis });
  }
  return { models };
}

/** Grid over importance at the given densities. */
function sharingSpec(
  architecture: Architecture,
  values: ValueDistribution,
  densities: readonly number[],
  { columns, restarts }: SeparationSize,
  seed: number,
): GridSpec {
  const importance = [...logSpaced(0.01, 100, columns)];
  return {
    architecture,
    ...values,
    unitVariance: true,
    features: 6,
    dims: 3,
    importance: 1,
    density: 1,
    importancePower: 1,
    x: { parameter: 'importance', values: importance },
    y: { parameter: 'density', values: densities },
    training: { ...defaultGridTraining, restarts, moreRestarts: restarts },
    seed,
  };
}

/** Range of importance with 0.1 < C < 0.9 in each row of a diagram. */
function sharingWidths(
  { capacity, spec: { x, y } }: GridDiagram,
  values: ValueDistribution,
): SharingWidth[] {
  return y.values.map((density, row) => {
    const curve = capacity.subarray(row * x.values.length, (row + 1) * x.values.length);
    const [low, high] = [0.1, 0.9].map((level) => firstRise(curve, x.values, level).value);
    const { kurtosis } = moments({ ...values, density, unitVariance: true });
    return { shape: values.shape, density, kurtosis, width: Math.log10(high / low) };
  });
}

const SOURCE = 'sections 3.5 and 3.7; docs/theory.md section 10';

/**
 * Claims about which of kurtosis and density makes each model share dimensions.
 *
 * @param result from {@link kurtosisAndDensity}.
 * @returns claims about the models in the result.
 *
 * @example
 * ```js
 * import { openRowRunner } from 'polysem/runs';
 * import { kurtosisAndDensity, kurtosisAndDensityClaims } from 'polysem/reproduce';
 * const size = { columns: 2, restarts: 1 };
 * const runner = await openRowRunner({ threads: 1 });
 * const result = await kurtosisAndDensity(size, 0, runner, { models: ['computation quadratic'] });
 * kurtosisAndDensityClaims(result).map(({ id }) => id); // ['kurtosis-quadratic', 'density-quadratic']
 * ```
 */
export function kurtosisAndDensityClaims({ models }: KurtosisAndDensity): Claim[] {
  const claimsOf = { 'computation quadratic': ofQuadratic, 'computation relu': ofComputation };
  const claims = models.flatMap((model) =>
    model.name === 'compression relu' ? ofCompression(model) : claimsOf[model.name](model),
  );
  return inSection(paperSections.architectures, claims);
}

type Model = KurtosisAndDensity['models'][number];

function ofQuadratic({ atDensity, atKurtosis }: Model): Unplaced[] {
  const step = Math.min(
    ...DENSITIES.map((p) => leastStep(atDensity.filter((w) => w.density === p))),
  );
  const apart = Math.max(...KURTOSES.map((k) => spread(ofKurtosis(atKurtosis, k))));
  return [
    above(
      'kurtosis-quadratic',
      `Quadratic computation, at a fixed density: features share over a wider range of importance with each step to heavier tails (uniform, Gaussian, Student t, Laplace), by at least ${brief(step)} decades`,
      step,
    ),
    equal(
      {
        id: 'density-quadratic',
        claim: `Quadratic computation, at a fixed kurtosis: the range does not depend on the density (largest difference: ${brief(apart)} decades)`,
        source: SOURCE,
        origin: 'polysem',
      },
      0,
      apart,
      // The loss is exact and interpolation is the same for all distributions; only the tolerance of L-BFGS remains.
      1e-3,
    ),
  ];
}

function ofComputation({ atDensity }: Model): Unplaced[] {
  const wider = Math.min(
    ...DENSITIES.map((p) => widthOf(atDensity, 'laplace', p) - widthOf(atDensity, 'uniform', p)),
  );
  return [
    above(
      'kurtosis-relu-computation',
      `ReLU computation, at a fixed density: the range is wider for Laplace than for uniform inputs, by at least ${brief(wider)} decades`,
      wider,
    ),
  ];
}

function ofCompression({ atDensity, atKurtosis }: Model): Unplaced[] {
  const sparser = leastStep(ofKurtosis(atKurtosis, 60).toReversed());
  const narrower = widthOf(atDensity, 'uniform', 0.03) - widthOf(atDensity, 'laplace', 0.03);
  return [
    above(
      'density-relu-compression',
      `ReLU compression, at kurtosis 60: the range widens with each step to a lower density, by at least ${brief(sparser)} decades`,
      sparser,
    ),
    above(
      'kurtosis-relu-compression',
      `ReLU compression, at density 0.03: the range is narrower for Laplace (kurtosis 200) than for uniform inputs (kurtosis 60), by ${brief(narrower)} decades, so it is sparsity, not kurtosis, that makes this model share`,
      narrower,
    ),
  ];
}

function above(id: string, claim: string, measured: number): Unplaced {
  return moreThan({ id, claim, source: SOURCE, origin: 'polysem' }, 0, measured);
}

function widthOf(list: readonly SharingWidth[], shape: DistributionName, density: number): number {
  return list.find((one) => one.shape === shape && one.density === density)?.width ?? NaN;
}

function ofKurtosis(list: readonly SharingWidth[], kurtosis: number): SharingWidth[] {
  return list.filter((one) => Math.abs(one.kurtosis / kurtosis - 1) < 1e-9);
}

function leastStep(list: readonly SharingWidth[]): number {
  return Math.min(...list.slice(1).map(({ width }, i) => width - list[i].width));
}

function spread(list: readonly SharingWidth[]): number {
  const widths = list.map(({ width }) => width);
  return Math.max(...widths) - Math.min(...widths);
}
