import { defaultCellTraining, gridParameters, tasks, version, type PhaseSpec } from '@polysem/core';
import { phaseDiagramFigure, phaseDiagramPanels, type PhaseDiagramData } from '@polysem/figures';
import { boundaries, runPhase, type PhaseDiagram } from '@polysem/runs';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { journalPath } from '../journal-path.ts';
import { checkTargets, print, save, toJson } from '../output.ts';
import { parseAxis, parseChoice, parseInteger, required } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { CORRELATIONS } from './correlation.ts';
import { parseShape } from './inputs.ts';
import { phaseGrid, type GridFlags } from './phase-grid.ts';

interface PhaseFlags extends Omit<GridFlags, 'density'> {
  readonly features?: string;
  readonly dims?: string;
  readonly importance: string;
  readonly density: string;
  readonly trained?: boolean;
  readonly loss: string;
  readonly seeds?: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `polysem phase`: phase diagrams over importance and density, predicted and trained. */
export function phaseCommand(program: Command): void {
  program
    .command('phase')
    .description(
      'Phase diagram: the capacity of one feature over its importance and the density of all',
    )
    .option('--features <N>', 'number of features')
    .option('--dims <D>', 'dimensions')
    .option('--density <from:to:count>', 'rows: P(active), in equal ratios', '1:0.001:64')
    .option(
      '--importance <from:to:count>',
      'columns: importance of the varied feature, the others 1',
      '0.01:100:64',
    )
    .option('--shape <shape>', 'shape of active inputs (default: uniform)')
    .option('--degrees-of-freedom <nu>', 'with --shape student-t')
    .option('--trained', 'train every cell too, and draw prediction, training and their difference')
    .option('--loss <kind>', 'with --trained: exact or sampled', 'exact')
    .option('--seeds <R>', 'with --trained: at most so many random starts a cell')
    .option(
      '--model <task>',
      `any architecture over any two parameters, trained: ${tasks.join(', ')}; with the model flags of train`,
    )
    .option('--activation <name>', 'with --model', 'relu')
    .option('--hidden-activation <name>', 'with --model')
    .option('--target <name>', 'with --model vector-computation')
    .option('--importance-as <role>', 'with --model')
    .option('--output-weights <kind>', 'with --model computation')
    .option('--untied', 'with --model compression')
    .option('--no-bias', 'with --model')
    .option(
      '--x <parameter[=from:to:count]>',
      `with --model, columns: ${gridParameters.join(', ')}`,
      'importance',
    )
    .option('--y <parameter[=from:to:count]>', 'with --model, rows', 'density')
    .option('--correlation <kind>', `with --model: ${CORRELATIONS}`)
    .option(
      '--geometry',
      'with --model and --json: name the shapes that features make in each cell',
    )
    .option(
      '--refine <n>',
      'with --model: where neighbours along a row differ, find the boundary 2^n times as finely',
    )
    .option('--seed <S>', 'seed of all randomness', '0')
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
  if (flags.refine !== undefined && flags.model === undefined)
    throw new UsageError('--refine: refines a trained grid; give --model');
  if (flags.geometry === true && (flags.model === undefined || flags.json !== true))
    throw new UsageError(
      '--geometry: names shapes in the JSON of a trained grid; give --model and --json',
    );
  if (flags.model !== undefined) return phaseGrid({ ...flags, model: flags.model });
  if (flags.correlation !== undefined) {
    throw new UsageError(
      '--correlation: the theory knows independent features; give --model computation to train',
    );
  }
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
  if (flags.json === true) print(toJson(diagram));
}

function parseSpec(flags: PhaseFlags): PhaseSpec {
  const loss = parseChoice(flags.loss, '--loss', ['exact', 'sampled'] as const);
  const restarts =
    flags.seeds === undefined ? {} : { restarts: parseInteger(flags.seeds, '--seeds', 1) };
  return {
    features: parseInteger(required(flags.features, '--features', '6'), '--features', 1, 100_000),
    dims: parseInteger(required(flags.dims, '--dims', '3'), '--dims', 1),
    ...parseShape(flags),
    density: parseAxis(flags.density, '--density'),
    importance: parseAxis(flags.importance, '--importance'),
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
