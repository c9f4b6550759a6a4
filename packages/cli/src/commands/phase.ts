import {
  defaultCellTraining,
  defaultGridTraining,
  gridParameters,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { tasks } from '@polysem/engine/models';
import { version } from '@polysem/core';
import { phaseDiagramFigure, phaseDiagramPanels, type PhaseDiagramData } from '@polysem/figures';
import { boundaries, runPhase, type PhaseDiagram } from '@polysem/runs';
import type { Command } from 'commander';
import { flagOf, UsageError } from '../errors.ts';
import { journalPath } from '@polysem/runs';
import { KERNELS } from '../kernel-flag.ts';
import { checkTargets, print, save } from '../output.ts';
import { toJson } from '@polysem/reports/text';
import { parseAxis, parseChoice, parseInteger, required } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { CORRELATIONS } from './correlation.ts';
import { addValueFlags, parseShape } from './inputs.ts';
import { phaseGrid, USUAL_RANGES, type GridFlags } from './phase-grid.ts';
import { describePhase } from './phase-report.ts';

interface PhaseFlags extends GridFlags {
  readonly trained?: boolean;
  readonly loss?: string;
}

/** `polysem phase`: phase diagrams over importance and density, predicted and trained. */
export function phaseCommand(program: Command): void {
  const command = program
    .command('phase')
    .description(
      'Phase diagram: the capacity of one feature over its importance and the density of all',
    )
    .option('--features <N>', 'number of features')
    .option('--dims <D>', 'dimensions')
    .option(
      '--density <from:to:count>',
      `rows: P(active), in equal ratios (default: ${USUAL_RANGES.density}); where it is on no axis, one number (0.1)`,
    )
    .option(
      '--importance <from:to:count>',
      `columns: importance of the varied feature, the others 1 (default: ${USUAL_RANGES.importance}); on no axis, one number (1)`,
    );
  addValueFlags(
    command,
    'distribution of active values (default: uniform; compression: uniform-positive)',
  )
    .option('--trained', 'train every cell too, and draw prediction, training and their difference')
    .option('--loss <kind>', 'with --trained: exact (default) or sampled')
    .option(
      '--seeds <R>',
      'random starts a cell: with --trained at most so many, with --model (default: 8) more where neighbours disagree',
    )
    .option(
      '--model <task>',
      `any architecture over any two parameters, trained: ${tasks.join(', ')}; with the model flags of train`,
    )
    .option('--activation <name>', 'with --model (default: relu)')
    .option('--hidden-activation <name>', 'with --model')
    .option('--target <name>', 'with --model vector-computation')
    .option('--importance-as <role>', 'with --model')
    .option('--output-weights <kind>', 'with --model computation')
    .option('--untied', 'with --model compression')
    .option('--no-bias', 'with --model')
    .option(
      '--x <parameter[=from:to:count]>',
      `with --model, columns: ${gridParameters.join(', ')} (default: importance)`,
    )
    .option('--y <parameter[=from:to:count]>', 'with --model, rows (default: density)')
    .option('--correlation <kind>', `with --model: ${CORRELATIONS}`)
    .option(
      '--geometry',
      'with --model and --json: name the shapes that features make in each cell',
    )
    .option(
      '--refine <n>',
      'with --model: where neighbours along a row differ, find the boundary 2^n times as finely',
    )
    .option(
      '--batch <n>',
      `with --model: weighted inputs that stand for the distribution in a cell, about (default: ${defaultGridTraining.rows})`,
    )
    .option(
      '--steps <n>',
      `with --model: iterations of lbfgs a start, at most (default: ${defaultGridTraining.iterations})`,
    )
    .option('--seed <S>', 'seed of all randomness', '0')
    .option('--threads <n>', 'with --model: rows trained at once (default: all cores)')
    .option('--kernel <name>', `with --model: ${KERNELS.join(', ')} (default: auto)`)
    .option('--out <file.svg>', 'draw the diagram')
    .option('--json', 'print the grid as one JSON object')
    .addHelpText(
      'after',
      '\nAn interrupted run goes on where it stopped when the same command is given again.',
    )
    .action(phase);
}

async function phase(flags: PhaseFlags): Promise<void> {
  checkTargets({ '--out': flags.out });
  if (flags.out === undefined && flags.json !== true) {
    throw new UsageError('--out: is missing; give --out phase.svg, or --json for the grid');
  }
  if (flags.geometry === true && (flags.model === undefined || flags.json !== true))
    throw new UsageError(
      '--geometry: names shapes in the JSON of a trained grid; give --model and --json',
    );
  if (flags.model !== undefined) {
    refuse(flags, ['trained', 'loss'], 'belongs to the theory; leave it or --model out');
    return phaseGrid({ ...flags, model: flags.model });
  }
  if (flags.correlation !== undefined) {
    throw new UsageError(
      '--correlation: the theory knows independent features; give --model computation to train',
    );
  }
  refuse(flags, OF_MODELS, 'belongs to --model, which trains any architecture; give one');
  if (flags.trained !== true) refuse(flags, ['loss', 'seeds'], 'belongs to --trained; give it');
  const spec = parseSpec(flags);
  const progress = showProgress();
  const diagram = await runPhase(spec, {
    // Predictions take less time than a journal is worth.
    ...(spec.trained !== null && journalPath(flags.out, spec)),
    onProgress: (done) =>
      progress.update(spec.trained === null ? 'predicting' : 'training cells', done),
  });
  progress.end();
  if (flags.out !== undefined) await save(flags.out, figure(diagram));
  print(flags.json === true ? toJson(diagram) : describePhase(diagram));
}

/** Flags of trained grids, which the theory does not know. */
const OF_MODELS = [
  'activation',
  'hiddenActivation',
  'target',
  'importanceAs',
  'outputWeights',
  'untied',
  'bias',
  'x',
  'y',
  'refine',
  'batch',
  'steps',
  'threads',
  'kernel',
] as const;

/** Refuses flags that would do nothing. */
function refuse(flags: PhaseFlags, names: readonly (keyof PhaseFlags)[], why: string): void {
  for (const name of names) {
    const isGiven = name === 'bias' ? !flags.bias : flags[name] !== undefined;
    if (isGiven) throw new UsageError(`${name === 'bias' ? '--no-bias' : flagOf(name)}: ${why}`);
  }
}

function parseSpec(flags: PhaseFlags): PhaseSpec {
  const loss = parseChoice(flags.loss ?? 'exact', '--loss', ['exact', 'sampled'] as const);
  const restarts =
    flags.seeds === undefined ? {} : { restarts: parseInteger(flags.seeds, '--seeds', 1) };
  return {
    features: parseInteger(required(flags.features, '--features', '6'), '--features', 1, 100_000),
    dims: parseInteger(required(flags.dims, '--dims', '3'), '--dims', 1),
    ...parseShape(flags),
    density: parseAxis(flags.density ?? USUAL_RANGES.density, '--density'),
    importance: parseAxis(flags.importance ?? USUAL_RANGES.importance, '--importance'),
    trained:
      flags.trained === true
        ? {
            ...defaultCellTraining,
            loss,
            ...(loss === 'sampled' && { restarts: 6, stopAtGap: 0 }),
            ...restarts,
          }
        : null,
    seed: parseInteger(flags.seed, '--seed', 0),
  };
}

function figure(diagram: PhaseDiagram): string {
  const { spec, trained } = diagram;
  const options = {
    title: `Capacity of one feature, ${spec.features} features in ${spec.dims} dimension${spec.dims > 1 ? 's' : ''}`,
    provenance: { polysem: version, seed: spec.seed, configuration: spec },
  };
  const predicted = panel(diagram, diagram.capacity, 'viridis');
  if (trained === null) return phaseDiagramFigure(predicted, options);
  const difference = trained.capacity.map((c, cell) => c - diagram.capacity[cell]);
  return phaseDiagramPanels(
    [
      { title: 'Predicted', ...predicted },
      {
        title: `Trained (${spec.trained?.loss} loss)`,
        ...panel(diagram, trained.capacity, 'viridis'),
      },
      { title: 'Trained - predicted', ...panel(diagram, difference, 'diverging') },
    ],
    options,
  );
}

function panel(
  diagram: PhaseDiagram,
  values: Float64Array,
  map: 'viridis' | 'diverging',
): PhaseDiagramData {
  return {
    x: {
      label: 'importance V of the feature, relative to the others',
      scale: 'log',
      values: diagram.importance,
    },
    y: { label: 'feature density p = P(active)', scale: 'log', values: diagram.density },
    values,
    lines: boundaries(diagram.spec),
    colour:
      map === 'viridis'
        ? { map, label: 'capacity C', domain: [0, 1] }
        : { map, label: 'difference of C' },
  };
}
