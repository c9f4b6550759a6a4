import {
  boundaries,
  defaultCellTraining,
  planPhase,
  type PhasePlan,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { version } from '@polysem/core/version';
import {
  phaseDiagramFigure,
  phaseDiagramPanelsFigure,
  type PhaseDiagramData,
} from '@polysem/figures';
import { openRowRunner, phaseWork, runPhase, type PhaseDiagram } from '@polysem/runs';
import { journalPath, removeJournal } from '@polysem/runs/store';
import type { PhaseFlags } from '../commands/phase.ts';
import { flagOf, UsageError } from '../errors.ts';
import { checkTargets, explainInterrupt, note, print, save, printJson } from '../output.ts';
import { parseAxis, parseChoice, parseInteger, parseThreads, required } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { refuseMatrixFlags } from '../matrix-flags.ts';
import { isCopulaFile } from '../commands/correlation.ts';
import { parseShape } from '../commands/inputs.ts';
import { phaseGrid, requireOutput } from '../commands/phase-grid.ts';
import { USUAL_RANGES } from '../commands/usual-ranges.ts';
import { describePhase } from '../commands/phase-report.ts';

/** Runs `polysem phase`. */
export async function phase(flags: PhaseFlags): Promise<void> {
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
