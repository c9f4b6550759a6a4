import {
  axisValues,
  defaultGridTraining,
  geometryLabels,
  gridParameters,
  phaseAreas,
  phaseNameOf,
  planGrid,
  type Architecture,
  type GridAxis,
  type GridDiagram,
  type GridSpec,
  type RefinedStep,
} from '@polysem/engine/phase';
import { version } from '@polysem/core/version';
import { phaseDiagramPanelsFigure } from '@polysem/figures';
import { openRowRunner, runGrid, runRefinement } from '@polysem/runs';
import { usualShape, usualUnitVariance } from '@polysem/runs/parameters';
import { journalPath, removeJournal } from '@polysem/runs/store';
import { UsageError } from '../errors.ts';
import { capacityMap, jumpLines, phaseMap } from '@polysem/reports/phase';
import { parseKernel } from '../kernel-flag.ts';
import { explainInterrupt, note, print, save, printJson } from '../output.ts';
import { parseChoice, parseInteger, parseNumber, parseThreads } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { parseArchitecture, type ArchitectureFlags } from './architecture.ts';
import { parseCorrelation } from './correlation.ts';
import type { MatrixFlags } from '../matrix-flags.ts';
import { activationLabel } from '@polysem/engine/activations';
import { parseShape, type InputFlags } from './inputs.ts';
import { describeGrid } from './phase-report.ts';
import { USUAL_RANGES } from './usual-ranges.ts';

/** Flags of a phase diagram of any architecture. */
export interface GridFlags
  extends InputFlags, MatrixFlags, Omit<ArchitectureFlags, 'model' | 'activation'> {
  readonly model?: string;
  readonly activation?: string;
  readonly x?: string;
  readonly y?: string;
  readonly features?: string;
  readonly dims?: string;
  readonly importance?: string;
  readonly seeds?: string;
  readonly batch?: string;
  readonly steps?: string;
  readonly seed: string;
  readonly threads?: string;
  readonly kernel?: string;
  readonly out?: string;
  readonly geometry?: boolean;
  readonly refine?: string;
  readonly json?: boolean;
}

/** Requires an output. To be called when all other flags are known to be right. */
export function requireOutput({ out, json }: Pick<GridFlags, 'out' | 'json'>): void {
  if (out !== undefined || json === true) return;
  throw new UsageError(
    '--out: is missing; give --out phase.svg for a figure, or --json for the numbers',
  );
}

/** Trains, prints and draws a phase diagram of an architecture over two parameters. */
export async function phaseGrid(flags: GridFlags & { readonly model: string }): Promise<void> {
  const spec = await parseGrid(flags);
  // Errors in the grid are reported before threads start.
  const plan = planGrid(spec);
  const rounds = parseRounds(flags.refine, spec.x.parameter);
  const kernel = parseKernel(flags.kernel ?? 'auto', [spec.architecture]);
  const threads = parseThreads(flags.threads);
  requireOutput(flags);
  const runner = await openRowRunner({
    kernel,
    models: [spec.architecture],
    ...(threads !== undefined && { threads }),
  });
  const progress = showProgress();
  const { journal } = journalPath(flags.out, spec);
  const stop = explainInterrupt(() => journal);
  try {
    const kept = { journal, onNote: note };
    const diagram = await runGrid(plan, runner, {
      ...kept,
      onProgress: (done) => progress.update('training cells', done),
    });
    const steps =
      rounds === null
        ? null
        : await runRefinement(diagram, runner, rounds, {
            ...kept,
            onProgress: (done) => progress.update('refining boundaries', done),
          });
    progress.end();
    if (flags.out !== undefined) await save(flags.out, figure(diagram, steps ?? []));
    if (flags.json === true)
      await printJson({
        version,
        kernel: runner.kernel,
        ...gridJson(diagram),
        ...(steps !== null && { steps }),
        ...(flags.geometry === true && { geometry: geometryLabels(diagram) }),
      });
    else print(describeGrid(diagram, steps));
    removeJournal(journal);
  } finally {
    stop();
    await runner.close();
  }
}

/** The diagram without the trained parameters, which only refinement uses. */
function gridJson({ parameters: _parameters, ...shown }: GridDiagram): object {
  const phases = Array.from(shown.capacity, (c) => (Number.isNaN(c) ? null : phaseNameOf(c)));
  return { ...shown, phases, areas: phaseAreas(shown.capacity) };
}

function parseRounds(text: string | undefined, parameter: GridAxis['parameter']): number | null {
  if (text === undefined) return null;
  if (isWhole(parameter)) {
    throw new UsageError(
      `--refine: ${parameter} of --x takes whole numbers only, so there is nothing between neighbours; leave --refine out`,
    );
  }
  return parseInteger(text, '--refine', 1, 20);
}

const isWhole = (parameter: GridAxis['parameter']): boolean =>
  parameter === 'dims' || parameter === 'features';

async function parseGrid(flags: GridFlags & { readonly model: string }): Promise<GridSpec> {
  const architecture = parseArchitecture({ ...flags, activation: flags.activation ?? 'relu' });
  const shape = parseShape(flags, usualShape(architecture.task));
  const axes = [
    parseGridAxis(flags.x ?? 'importance', '--x', flags),
    parseGridAxis(flags.y ?? 'density', '--y', flags),
  ] as const;
  /** The text of a flag whose parameter is not on an axis. */
  const fixed = (name: 'importance' | 'density' | 'features' | 'dims', usual: string): string => {
    const text = flags[name];
    const axis = axes.findIndex(({ parameter }) => parameter === name);
    if (text === undefined) return usual;
    if (axis < 0) {
      if (!text.includes(':')) return text;
      throw new UsageError(
        `--${name}: a range, but ${name} is on no axis; give one number, or --x ${name}=${text}`,
      );
    }
    const isRange = (axis === 0 ? flags.x : flags.y)?.includes('=') !== true;
    if (isRange && (name === 'importance' || name === 'density')) return usual;
    throw new UsageError(
      `--${name}: also given by ${axis === 0 ? '--x' : '--y'}; leave one of them out`,
    );
  };
  const features = fixed('features', '6');
  const dims = fixed('dims', '3');
  const importance = fixed('importance', '1');
  const density = fixed('density', '0.1');
  const parameters = new Set(axes.map(({ parameter }) => parameter));
  if (flags.density !== undefined && parameters.has('kurtosis') && !parameters.has('density'))
    throw new UsageError('--density: determined by the kurtosis on an axis; leave it out');
  return {
    architecture,
    ...shape,
    unitVariance: usualUnitVariance(architecture.task),
    ...(flags.correlation !== undefined && {
      correlation: await parseCorrelation(flags.correlation, flags),
    }),
    features: parseInteger(features, '--features', 1, 100_000),
    dims: parseInteger(dims, '--dims', 1),
    importance: parseNumber(importance, '--importance'),
    density: parseNumber(density, '--density'),
    importancePower: 1,
    x: axes[0],
    y: axes[1],
    training: {
      ...defaultGridTraining,
      ...(flags.batch !== undefined && { rows: parseInteger(flags.batch, '--batch', 1) }),
      ...(flags.steps !== undefined && { iterations: parseInteger(flags.steps, '--steps', 1) }),
      ...(flags.seeds !== undefined && { restarts: parseInteger(flags.seeds, '--seeds', 1) }),
    },
    seed: parseInteger(flags.seed, '--seed', 0),
  };
}

/** Examples of ranges for messages. */
const EXAMPLES: Readonly<Record<GridAxis['parameter'], string>> = {
  importance: '0.01:100:32',
  density: '1:0.001:32',
  kurtosis: '3:100:32',
  dims: '1:5:5',
  features: '2:10:9',
};

/** Parses `parameter` (range from the flag of that name, or the default) or `parameter=from:to:count`. */
function parseGridAxis(text: string, flag: string, flags: GridFlags): GridAxis {
  const [name, own] = text.split('=', 2);
  const parameter = parseChoice(name, flag, gridParameters);
  const usual =
    parameter === 'importance' || parameter === 'density'
      ? (flags[parameter] ?? USUAL_RANGES[parameter])
      : '';
  const range = own ?? usual;
  const parts = range.split(':');
  if (parts.length !== 3) {
    throw new UsageError(
      `${flag}: expected a range such as ${parameter}=${EXAMPLES[parameter]}, got ${JSON.stringify(own === undefined && usual !== '' ? `${text}=${usual}` : text)}`,
    );
  }
  const [from, to] = parts.slice(0, 2).map((part) => parseNumber(part, flag));
  const count = parseInteger(parts[2], flag, 1, 10_000);
  const isLinear = isWhole(parameter);
  if (!isLinear && !(from > 0 && to > 0))
    throw new UsageError(`${flag}: both ends of ${parameter} must be positive, got ${text}`);
  return {
    parameter,
    values: isLinear ? linear(from, to, count) : Array.from(axisValues({ from, to, count })),
  };
}

/** Numbers with equal differences; the ends are exact. */
function linear(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === count - 1 && count > 1) return to;
    return from + (to - from) * (count === 1 ? 0 : i / (count - 1));
  });
}

function figure(diagram: GridDiagram, steps: readonly RefinedStep[]): string {
  const { architecture, seed } = diagram.spec;
  return phaseDiagramPanelsFigure(
    [
      { title: 'Capacity', ...capacityMap(diagram), ...jumpLines(diagram, steps) },
      { title: 'Phases', ...phaseMap(diagram) },
    ],
    {
      title: `Capacity of one feature, ${titleOf(architecture)}${sizesOf(diagram.spec)}`,
      provenance: { polysem: version, seed, configuration: diagram.spec },
    },
  );
}

function titleOf({ activation, task }: Architecture): string {
  return `${activationLabel(activation)} ${task.replace('-', ' ')}`;
}

/** Sizes that are not on an axis. */
function sizesOf({ features, dims, x, y }: GridSpec): string {
  const onAxes = new Set([x.parameter, y.parameter]);
  const n = onAxes.has('features') ? 'N' : String(features);
  const d = onAxes.has('dims') ? 'D' : String(dims);
  return n === 'N' && d === 'D' ? '' : `, ${n} in ${d}`;
}
