import { embedding, gram, type FeatureSource } from '@polysem/core/embedding';
import { version } from '@polysem/core';
import { embeddingArrowsFigure, gramHeatMapFigure, type Provenance } from '@polysem/figures';
import { dropMeasurement, type MeasureCheckpoint } from '@polysem/runs';
import { fileExtensions } from '@polysem/io/formats';
import type { Command } from 'commander';
import { parseBaselines } from '../baselines-flag.ts';
import { UsageError } from '../errors.ts';
import type { FeatureChoice } from '@polysem/runs/measure';
import { addFeatureFlags, type FeatureFlags } from '../features/feature-flags.ts';
import { labelsOf, readLabels } from '../features/labels.ts';
import { describeListing, listing } from '../features/list-features.ts';
import { referenceJson } from '@polysem/runs/measure';
import { checkpointsOf } from '@polysem/runs/measure';
import { chooseMatrices } from '../measure/choose-matrices.ts';
import { describeMatrix, takenFrom } from '@polysem/reports/measurement';
import { measureMatrix, treated, type MeasureSettings } from '@polysem/runs/measure';
import type { MeasuredMatrix } from '@polysem/runs/measure';
import { featureFile } from '@polysem/reports/measurement';
import { measureReport } from '@polysem/reports/measurement';
import { checkTargets, note, print, save } from '../output.ts';
import { toJson } from '@polysem/reports/text';
import { parseChoice, parseInteger, parseThreads } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { openChoice, withFile } from '../read-matrix.ts';
import { checkTableName } from '@polysem/runs';

interface MeasureFlags extends FeatureFlags {
  readonly list?: boolean;
  readonly labels?: string;
  readonly perFeature?: string;
  readonly report?: string;
  readonly coherence: boolean;
  readonly neighbours?: boolean;
  readonly centre?: boolean;
  readonly normalise?: boolean;
  readonly precision: string;
  readonly baseline: string;
  readonly seed: string;
  readonly threads?: string;
  readonly gram?: string;
  readonly arrows?: string;
  readonly json?: boolean;
}

/** Up to so many features are listed one by one in the JSON. */
const LISTED = 4096;

/** `polysem measure`: capacity, leverage and their kin of matrices in a file. */
export function measureCommand(program: Command): void {
  const command = program
    .command('measure')
    .description('Measure: how the features of a weight matrix share its dimensions')
    .argument(
      '<file>',
      `weights (${fileExtensions('tensors').join(', ')}, or an index of shards), a folder, or an address: http(s)://.. or hf://owner/model/file`,
    )
    .option(
      '--list',
      'list the features that are known, the flags that measure them, and all tensors',
    );
  addFeatureFlags(command)
    .option(
      '--labels <file>',
      'names of features: vocab.txt, tokenizer.json, vocab.json, or a column of a table (.csv, .tsv, .parquet) as file.csv:column',
    )
    .option('--centre', 'subtract the mean vector first, which changes the answer')
    .option('--normalise', 'make all vectors unit vectors first, which changes the answer')
    .option('--precision <kind>', 'of products: auto, float32 or float64', 'auto')
    .option(
      '--baseline <names>',
      'what to hold it against: gaussian, unit (closed forms); spectrum (its own spectrum, features at random), norms, shuffled, sparse (simulated)',
      'gaussian',
    )
    .option('--seed <n>', 'of bootstrap intervals and simulated baselines', '0')
    .option('--threads <n>', 'worker threads (default: all processors)')
    .option(
      '--neighbours',
      'nearest neighbour of each feature and mutual coherence, over all pairs, however many',
    )
    .option('--no-coherence', 'leave out the mutual coherence, which looks at all pairs')
    .option(
      '--report <file.html>',
      'write a page that opens offline: distributions, spectrum, features',
    )
    .option('--per-feature <file>', 'write what is known of each feature, as .csv or .parquet')
    .option('--gram <file.svg>', 'draw the Gram matrix (small matrices)')
    .option('--arrows <file.svg>', 'draw the features as arrows (two dimensions)')
    .option(
      '--json',
      `print one JSON object, with features one by one where there are at most ${LISTED}`,
    )
    .action(measure);
}

async function measure(location: string, flags: MeasureFlags): Promise<void> {
  const targets = {
    '--per-feature': flags.perFeature,
    '--report': flags.report,
    '--gram': flags.gram,
    '--arrows': flags.arrows,
  };
  checkTargets(targets, [location, flags.labels]);
  checkTableName(flags.perFeature, '--per-feature');
  const settings = settingsOf(flags);
  await withFile(location, async ({ file, path, config }) => {
    if (flags.list === true) {
      print(
        flags.json === true ? toJson(listing(file, config)) : describeListing(path, file, config),
      );
      return;
    }
    const choices = chooseMatrices(path, file, flags, config);
    checkSingle(choices, flags);
    const names = flags.labels === undefined ? null : await readLabels(flags.labels);
    const progress = showProgress();
    const matrices: MeasuredMatrix[] = [];
    const checkpoints: MeasureCheckpoint[] = [];
    for (const choice of choices) {
      /* oxlint-disable no-await-in-loop -- one after the other: each takes all threads */
      const source = await openChoice(path, file, choice);
      checkPictures(source, flags);
      const isKnown = matrices.some(({ measured }) => measured.features === source.features);
      const labels = names === null ? null : labelsOf(names, source.features, isKnown);
      const kept = await checkpointsOf(
        path,
        file,
        choice,
        settings,
        flags.report ?? flags.perFeature,
        (checkpoint) => checkpoints.push(checkpoint),
      );
      matrices.push(
        await measureMatrix({ source, choice, labels, kept }, settings, {
          onProgress: progress.update,
          onNote: note,
        }),
      );
      if (flags.gram !== undefined || flags.arrows !== undefined)
        await savePictures(await treated(source, settings), matrices[0], path, flags);
      /* oxlint-enable no-await-in-loop */
    }
    progress.end();
    await write(path, matrices, flags);
    checkpoints.forEach(dropMeasurement);
  });
}

function settingsOf(flags: MeasureFlags): MeasureSettings {
  if (flags.neighbours === true && !flags.coherence)
    throw new UsageError('--neighbours: contradicts --no-coherence; give one of them');
  return {
    precision: parseChoice(flags.precision, '--precision', ['auto', 'float32', 'float64'] as const),
    baselines: parseBaselines(flags.baseline),
    seed: parseInteger(flags.seed, '--seed', 0),
    centre: flags.centre === true,
    normalise: flags.normalise === true,
    threads: parseThreads(flags.threads),
    blocks: flags.report !== undefined,
    neighbours: !flags.coherence ? 'never' : flags.neighbours === true ? 'always' : 'cheap',
  };
}

/** What is written of one matrix alone cannot be written of several. */
function checkSingle(choices: readonly FeatureChoice[], flags: MeasureFlags): void {
  if (choices.length === 1) return;
  for (const [flag, value] of [
    ['--gram', flags.gram],
    ['--arrows', flags.arrows],
  ] as const) {
    if (value !== undefined)
      throw new UsageError(
        `${flag}: is of one matrix, but ${choices.length} are chosen; choose one with --layer or --tensor`,
      );
  }
}

function checkPictures({ features, dims }: FeatureSource, flags: MeasureFlags): void {
  if (flags.gram !== undefined && features > 1000) {
    throw new UsageError(`--gram: draws at most 1000 features, there are ${features}`);
  }
  if (flags.arrows !== undefined && dims !== 2) {
    throw new UsageError(`--arrows: needs 2 dimensions, the embedding has ${dims}`);
  }
}

function provenanceOf(
  path: string,
  matrices: readonly MeasuredMatrix[],
  flags: MeasureFlags,
): Provenance {
  const [first, ...others] = matrices.map(takenFrom);
  const what = others.length === 0 ? first : { matrices: [first, ...others] };
  return {
    polysem: version,
    seed: Number(flags.seed),
    configuration: {
      command: 'measure',
      file: path,
      ...what,
      precision: flags.precision,
      baseline: flags.baseline,
    },
  };
}

async function savePictures(
  source: FeatureSource,
  matrix: MeasuredMatrix,
  path: string,
  flags: MeasureFlags,
): Promise<void> {
  const { dims, features } = source;
  const w = embedding(dims, features, await source.read(0, features));
  const provenance = provenanceOf(path, [matrix], flags);
  if (flags.gram !== undefined) {
    const data = { gram: gram(w), features };
    await save(flags.gram, gramHeatMapFigure(data, { title: 'Gram matrix', provenance }));
  }
  if (flags.arrows !== undefined) {
    const data = { embedding: w, capacities: matrix.measured.capacity };
    await save(
      flags.arrows,
      embeddingArrowsFigure(data, { title: 'Features in the plane', provenance }),
    );
  }
}

async function write(
  path: string,
  matrices: readonly MeasuredMatrix[],
  flags: MeasureFlags,
): Promise<void> {
  const provenance = provenanceOf(path, matrices, flags);
  if (flags.perFeature !== undefined)
    await save(flags.perFeature, featureFile(flags.perFeature, matrices, provenance));
  if (flags.report !== undefined)
    await save(flags.report, measureReport(path, matrices, provenance));
  if (flags.json !== true) {
    print(matrices.map((matrix) => describeMatrix(path, matrix)).join('\n\n'));
    return;
  }
  const { configuration } = provenance;
  const [first, ...others] = matrices.map(jsonOf);
  print(
    toJson(
      others.length === 0
        ? { ...first, version, configuration }
        : { matrices: [first, ...others], version, configuration },
    ),
  );
}

function jsonOf({
  choice,
  summary,
  measured,
  labels,
  references,
  neighbours,
}: MeasuredMatrix): object {
  const { capacity, leverage, squaredNorm, participation } = measured;
  return {
    matrix: choice.label,
    ...summary,
    references: references.map(referenceJson),
    ...(summary.features <= LISTED && {
      perFeature: {
        capacity,
        leverage,
        squaredNorm,
        participation,
        ...(neighbours !== null && { neighbour: neighbours.index, cosine: neighbours.cosine }),
        ...(labels !== null && { label: labels }),
      },
    }),
  };
}
