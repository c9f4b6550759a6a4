import {
  boundaries,
  defaultCellTraining,
  defaultGridTraining,
  gridParameters,
  planPhase,
  type PhasePlan,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { activationNames } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import { version } from '@polysem/core/version';
import {
  phaseDiagramFigure,
  phaseDiagramPanelsFigure,
  type PhaseDiagramData,
} from '@polysem/figures';
import { openRowRunner, phaseWork, runPhase, type PhaseDiagram } from '@polysem/runs';
import { journalPath, removeJournal } from '@polysem/runs/store';
import type { Command } from 'commander';
import { flagOf, UsageError } from '../errors.ts';
import { KERNELS } from '../kernel-flag.ts';
import { checkTargets, explainInterrupt, note, print, save, printJson } from '../output.ts';
import { parseAxis, parseChoice, parseInteger, parseThreads, required } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { addMatrixFlags, refuseMatrixFlags } from '../matrix-flags.ts';
import { CORRELATIONS, isCopulaFile } from './correlation.ts';
import { addValueFlags, parseShape } from './inputs.ts';
import { phaseGrid, requireOutput, USUAL_RANGES, type GridFlags } from './phase-grid.ts';
import { describePhase } from './phase-report.ts';

interface PhaseFlags extends GridFlags {
  readonly trained?: boolean;
  readonly loss?: string;
}

/** `polysem phase`: phase diagrams over importance and density (or other parameters), predicted and trained. */
// Long because it lists all flags of the command, in the order of its help.
export function phaseCommand(command: Command): void {
  command
    .option('--features <N>', 'number of features')
    .option('--dims <D>', 'number of dimensions')
    .option(
      '--density <from:to:count>',
      `rows: P(active), logarithmic (default: ${USUAL_RANGES.density}); one number if density is on no axis (0.1)`,
    )
    .option(
      '--importance <from:to:count>',
      `columns: importance of the varied feature; the others have 1 (default: ${USUAL_RANGES.importance}); one number if importance is on no axis (1)`,
    );
  addValueFlags(
    command,
    'distribution of active values (default: uniform; compression: uniform-positive)',
  )
    .option('--trained', 'also train every cell; draw prediction, training and their difference')
    .option('--loss <kind>', 'with --trained: exact (default) or sampled loss')
    .option(
      '--seeds <R>',
      'restarts per cell: at most, with --trained; with --model 8 by default, and more where neighbouring cells disagree',
    )
    .option(
      '--model <task>',
      `train an architecture over any two parameters: ${tasks.join(', ')}; takes the model flags of train`,
    )
    .option(
      '--activation <name>',
      `with --model: activation of the output: ${activationNames.join(', ')} (default: relu)`,
    )
    .option(
      '--hidden-activation <name>',
      `with --model: activation of the hidden layer: ${activationNames.join(', ')}`,
    )
    .option(
      '--target <name>',
      `with --model vector-computation: function of each feature to compute: ${activationNames.join(', ')}`,
    )
    .option(
      '--importance-as <role>',
      'with --model: importance as loss-weight or target-coefficient',
    )
    .option('--output-weights <kind>', 'with --model computation: fixed or free')
    .option('--untied', 'with --model compression: separate read-out')
    .option('--no-bias', 'with --model: train without a bias')
    .option(
      '--x <parameter[=from:to:count]>',
      `with --model: parameter of the columns: ${gridParameters.join(', ')} (default: importance)`,
    )
    .option(
      '--y <parameter[=from:to:count]>',
      `with --model: parameter of the rows: ${gridParameters.join(', ')} (default: density)`,
    )
    .option(
      '--correlation <kind>',
      `with --model: features that are active together: ${CORRELATIONS}`,
    );
  addMatrixFlags(command)
    .option('--geometry', 'with --model and --json: name the shapes of features in each cell')
    .option(
      '--refine <n>',
      'with --model: locate boundaries along rows 2^n times as finely as the grid',
    )
    .option(
      '--batch <n>',
      `with --model: approximate number of weighted inputs per cell (default: ${defaultGridTraining.rows})`,
    )
    .option(
      '--steps <n>',
      `with --model: largest number of lbfgs iterations per restart (default: ${defaultGridTraining.iterations})`,
    )
    .option('--seed <S>', 'seed of all randomness', '0')
    .option(
      '--threads <n>',
      'with --model or --trained: rows trained at the same time (default: all cores, or one if there is little work)',
    )
    .option(
      '--kernel <name>',
      `with --model: training kernel: ${KERNELS.join(', ')} (default: auto)`,
    )
    .option('--out <file.svg>', 'draw the diagram')
    .option('--json', 'print the grid as one JSON object')
    .addHelpText('after', '\nTo continue an interrupted run, give the same command again.')
    .action(phase);
}

async function phase(flags: PhaseFlags): Promise<void> {
  checkTargets({ '--out': [flags.out, '.svg'] });
  if (!isCopulaFile(flags.correlation)) refuseMatrixFlags(flags, '--correlation copula:FILE');
  if (flags.geometry === true && (flags.model === undefined || flags.json !== true))
    throw new UsageError('--geometry: requires --model and --json; give both');
  if (flags.model !== undefined) {
    refuse(flags, ['trained', 'loss'], 'cannot be combined with --model; leave one of them out');
    return phaseGrid({ ...flags, model: flags.model });
  }
  if (flags.correlation !== undefined) {
    throw new UsageError(
      '--correlation: the theory covers independent features only; give --model computation to train',
    );
  }
  refuse(flags, OF_MODELS, 'requires --model; give one, such as --model compression');
  if (flags.trained !== true) {
    refuse(flags, ['loss', 'seeds'], 'requires --trained; give it too');
    refuse(flags, ['threads'], 'requires --trained or --model; give one');
  }
  const spec = parseSpec(flags);
  const plan = planPhase(spec);
  const threads = parseThreads(flags.threads);
  requireOutput(flags);
  // A prediction alone takes less time than keeping it.
  const journal = spec.trained === null ? undefined : journalPath(flags.out, spec).journal;
  const diagram = await compute(plan, journal, threads);
  if (flags.out !== undefined) await save(flags.out, figure(diagram));
  if (flags.json === true) await printJson(diagram);
  else print(describePhase(diagram));
  removeJournal(journal);
}

/** Predicts a diagram, and trains its cells if the spec says so. */
async function compute(
  plan: PhasePlan,
  journal: string | undefined,
  threads: number | undefined,
): Promise<PhaseDiagram> {
  const isTrained = plan.spec.trained !== null;
  const runner = await openRowRunner({
    work: phaseWork(plan),
    ...(threads !== undefined && { threads }),
  });
  const progress = showProgress();
  try {
    const stop = explainInterrupt(() => journal);
    const diagram = await runPhase(plan, runner, {
      journal,
      onNote: note,
      onProgress: (done) => progress.update(isTrained ? 'training cells' : 'predicting', done),
    }).finally(stop);
    progress.end();
    return diagram;
  } finally {
    await runner.close();
  }
}

/** Flags that require --model. */
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
  'kernel',
] as const;

/** Refuses flags that would have no effect. */
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
  return phaseDiagramPanelsFigure(
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
