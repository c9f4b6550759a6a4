import {
  defaultGridTraining,
  geometryLabels,
  refine,
  gridParameters,
  version,
  type GridAxis,
  type GridDiagram,
  type GridSpec,
  type RefinedStep,
} from '@polysem/core';
import { phaseDiagramPanels } from '@polysem/figures';
import { openSweeper, runGrid } from '@polysem/runs';
import { UsageError } from '../errors.ts';
import { capacityMap, jumpLines, phaseMap } from '../grid-panels.ts';
import { journalPath } from '../journal-path.ts';
import { print, save, toJson } from '../output.ts';
import { parseChoice, parseInteger, parseNumber } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { parseArchitecture, type ArchitectureFlags } from './architecture.ts';
import { parseCorrelation } from './correlation.ts';
import { parseShape, type InputFlags } from './inputs.ts';

/** Flags of a phase diagram of any architecture. */
export interface GridFlags extends InputFlags, Omit<ArchitectureFlags, 'model'> {
  readonly model?: string;
  readonly x: string;
  readonly y: string;
  readonly features?: string;
  readonly dims?: string;
  readonly importance: string;
  readonly seeds?: string;
  readonly seed: string;
  readonly out?: string;
  readonly geometry?: boolean;
  readonly refine?: string;
  readonly json?: boolean;
}

/** Trains and draws a phase diagram of any architecture over any two parameters. */
export async function phaseGrid(flags: GridFlags & { readonly model: string }): Promise<void> {
  const spec = await parseGrid(flags);
  const sweeper = await openSweeper();
  const progress = showProgress();
  try {
    const diagram = await runGrid(spec, sweeper, {
      ...journalPath(flags.out, spec),
      onProgress: (done) => progress.update('training cells', done),
    });
    progress.end();
    const rounds = flags.refine === undefined ? 0 : parseInteger(flags.refine, '--refine', 1, 20);
    const steps =
      rounds === 0 ? [] : await refine(diagram, (tasks) => sweeper.sweep(tasks, () => {}), rounds);
    if (flags.out !== undefined) await save(flags.out, figure(diagram, steps));
    // Parameters are for what goes on from them, not for people.
    const { parameters: _parameters, ...shown } = diagram;
    if (flags.json === true) {
      const geometry = flags.geometry === true ? { geometry: geometryLabels(diagram) } : {};
      const refined = rounds === 0 ? {} : { steps };
      print(toJson({ version, kernel: sweeper.kernel, ...shown, ...refined, ...geometry }));
    }
  } finally {
    await sweeper.close();
  }
}

/** A number, or the fallback where the flag holds the range of an axis. */
function single(text: string, flag: string, fallback: number): number {
  return text.includes(':') ? fallback : parseNumber(text, flag);
}

async function parseGrid(flags: GridFlags & { readonly model: string }): Promise<GridSpec> {
  const isComputation = flags.model === 'computation';
  const shape = parseShape({
    ...flags,
    shape: flags.shape ?? (flags.model === 'compression' ? 'uniform-positive' : 'uniform'),
  });
  return {
    architecture: parseArchitecture(flags),
    ...shape,
    unitVariance: isComputation,
    ...(flags.correlation !== undefined && {
      correlation: await parseCorrelation(flags.correlation),
    }),
    features: parseInteger(flags.features ?? '6', '--features', 1, 100_000),
    dims: parseInteger(flags.dims ?? '3', '--dims', 1),
    importance: single(flags.importance, '--importance', 1),
    density: single(flags.density ?? '0.1', '--density', 0.1),
    importancePower: 1,
    x: parseGridAxis(flags.x, '--x', flags),
    y: parseGridAxis(flags.y, '--y', flags),
    training: {
      ...defaultGridTraining,
      ...(flags.seeds !== undefined && { restarts: parseInteger(flags.seeds, '--seeds', 1) }),
    },
    seed: parseInteger(flags.seed, '--seed', 0),
  };
}

/** `parameter`, whose range is its own flag's or a usual one, or `parameter=from:to:count`. */
function parseGridAxis(text: string, flag: string, flags: GridFlags): GridAxis {
  const [name, own] = text.split('=', 2);
  const parameter = parseChoice(name, flag, gridParameters);
  const given =
    parameter === 'importance' || parameter === 'density' ? flags[parameter] : undefined;
  const range = own ?? (given?.includes(':') === true ? given : undefined);
  const parts = (range ?? '').split(':');
  if (parts.length !== 3) {
    throw new UsageError(
      `${flag}: expected a range such as ${parameter}=${parameter === 'dims' ? '1:5:5' : '1:0.001:32'}, got ${JSON.stringify(text)}`,
    );
  }
  const [from, to] = parts.slice(0, 2).map((part) => parseNumber(part, flag));
  const count = parseInteger(parts[2], flag, 1, 10_000);
  const isWhole = parameter === 'dims' || parameter === 'features';
  if (!isWhole && !(from > 0 && to > 0))
    throw new UsageError(`${flag}: both ends of ${parameter} must be positive, got ${text}`);
  const values = Array.from({ length: count }, (_, i) => {
    if (i === count - 1 && count > 1) return to;
    const share = count === 1 ? 0 : i / (count - 1);
    return isWhole ? from + (to - from) * share : from * (to / from) ** share;
  });
  return { parameter, values };
}

function figure(diagram: GridDiagram, steps: readonly RefinedStep[]): string {
  const { architecture, seed } = diagram.spec;
  return phaseDiagramPanels(
    [
      { title: 'Capacity', ...capacityMap(diagram), ...jumpLines(diagram, steps) },
      { title: 'Phases', ...phaseMap(diagram) },
    ],
    {
      title: `Capacity of one feature, ${architecture.activation} ${architecture.task}`,
      provenance: { polysem: version, seed, configuration: diagram.spec },
    },
  );
}
