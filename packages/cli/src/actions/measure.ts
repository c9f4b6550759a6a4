import { embedding, gram, type FeatureSource } from '@polysem/core/embedding';
import { version } from '@polysem/core/version';
import { embeddingArrowsFigure, gramHeatMapFigure, type Provenance } from '@polysem/figures';
import type { RunStore } from '@polysem/runs/store';
import { checkTableName, notesPath } from '@polysem/runs';
import { parseBlas } from '../blas-flag.ts';
import { parseBaselines } from '../baselines-flag.ts';
import { UsageError } from '../errors.ts';
import {
  type FeatureChoice,
  referenceJson,
  measurementStore,
  measureMatrix,
  originalIndices,
  originalNeighbours,
  treated,
  type MeasureSettings,
  type MeasuredMatrix,
} from '@polysem/runs/measure';
import { labelsOf, readLabels } from '../features/labels.ts';
import { describeListing, listing } from '../features/list-features.ts';
import { chooseMatrices } from '../measure/choose-matrices.ts';
import {
  describeMatrix,
  takenFrom,
  capacityFigure,
  featureFiles,
  measureReport,
} from '@polysem/reports/measurement';
import { checkTargets, note, print, save, saveTable, printJson } from '../output.ts';
import { jsonBytes, skippedJson } from '@polysem/reports/text';
import { parseChoice, parseInteger, parseThreads } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { openSource, relativeNormsOf, rowNamesOf, withDoubt, withFile } from '../read-matrix.ts';
import { LISTED, type MeasureFlags } from '../commands/measure.ts';

/** Runs `polysem measure`. */
export async function measure(location: string, flags: MeasureFlags): Promise<void> {
  const targets = {
    '--per-feature': flags.perFeature,
    '--per-feature, its configuration': notesPath(flags.perFeature),
    '--report': [flags.report, '.html'],
    '--out': [flags.out, '.json'],
    '--figure': [flags.figure, '.svg'],
    '--gram': [flags.gram, '.svg'],
    '--arrows': [flags.arrows, '.svg'],
  } as const;
  checkTargets(targets, [location, flags.labels]);
  checkTableName(flags.perFeature, '--per-feature');
  const settings = settingsOf(flags);
  await withFile(location, flags, async ({ file, path, hints }) => {
    if (flags.list === true) {
      if (flags.json === true) await printJson(listing(file, hints));
      else print(describeListing(path, file, hints));
      return;
    }
    const choices = chooseMatrices(path, file, flags, hints);
    checkSingle(choices, flags);
    if (flags.labelsHeader !== undefined && flags.labels === undefined)
      throw new UsageError('--labels-header: requires --labels; leave it out');
    const names =
      flags.labels === undefined ? null : await readLabels(flags.labels, flags.labelsHeader);
    const progress = showProgress();
    const matrices: MeasuredMatrix[] = [];
    const stores: RunStore[] = [];
    for (const chosen of choices) {
      /* oxlint-disable no-await-in-loop -- one after the other: each takes all threads */
      const choice = await withDoubt(path, file, chosen);
      const { source, skipped } = await openSource(path, file, choice, flags);
      const shares = await relativeNormsOf(path, file, choice, skipped);
      checkPictures(source, flags);
      const count = source.features + skipped.length;
      const isKnown = matrices.some((matrix) => featuresInFile(matrix) === count);
      const all = names === null ? rowNamesOf(file, choice) : labelsOf(names, count, isKnown);
      const bad = new Set(skipped);
      const labels = all === null ? null : all.filter((_, i) => !bad.has(i));
      const out = flags.report ?? flags.perFeature ?? flags.out;
      const store = await measurementStore(path, file, choice, settings, { out, onNote: note });
      if (store !== undefined) stores.push(store);
      const measured = await measureMatrix({ source, choice, labels, store, skipped }, settings, {
        onProgress: progress.update,
        onNote: note,
      });
      matrices.push(shares === null ? measured : { ...measured, relativeNorms: shares });
      if (flags.gram !== undefined || flags.arrows !== undefined)
        await savePictures(await treated(source, settings), matrices[0], path, flags);
      /* oxlint-enable no-await-in-loop */
    }
    progress.end();
    await write(path, matrices, flags);
    for (const store of stores) store.remove();
  });
}

/** The number of features that the file holds, with those left out. */
function featuresInFile({ measured, skipped = [] }: MeasuredMatrix): number {
  return measured.features + skipped.length;
}

function settingsOf(flags: MeasureFlags): MeasureSettings {
  if (flags.neighbours === true && !flags.coherence)
    throw new UsageError('--neighbours: given together with --no-coherence; give one of them');
  const threads = parseThreads(flags.threads);
  return {
    precision: parseChoice(flags.precision, '--precision', ['auto', 'float32', 'float64'] as const),
    baselines: parseBaselines(flags.baseline),
    seed: parseInteger(flags.seed, '--seed', 0),
    centre: flags.centre === true,
    normalise: flags.normalise === true,
    threads,
    blas: parseBlas(flags.blas, threads),
    blocks: flags.report !== undefined,
    neighbours: !flags.coherence ? 'never' : flags.neighbours === true ? 'always' : 'cheap',
  };
}

/** Refuses figures of a single matrix when several are chosen. */
function checkSingle(choices: readonly FeatureChoice[], flags: MeasureFlags): void {
  if (choices.length === 1) return;
  for (const [flag, value] of [
    ['--figure', flags.figure],
    ['--gram', flags.gram],
    ['--arrows', flags.arrows],
  ] as const) {
    if (value !== undefined)
      throw new UsageError(
        `${flag}: draws one matrix, but ${choices.length} are chosen; choose one with --layer or --tensor`,
      );
  }
}

function checkPictures({ features, dims }: FeatureSource, flags: MeasureFlags): void {
  if (flags.gram !== undefined && features > 1000) {
    throw new UsageError(`--gram: can draw 1000 features, got ${features}`);
  }
  if (flags.arrows !== undefined && dims !== 2) {
    throw new UsageError(`--arrows: needs 2 dimensions, got ${dims}`);
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
    await saveTable(featureFiles(flags.perFeature, matrices, provenance));
  if (flags.report !== undefined)
    await save(flags.report, measureReport(path, matrices, provenance));
  if (flags.figure !== undefined) {
    const svg = capacityFigure(matrices[0], provenance);
    if (svg === null) note(`${flags.figure} is not drawn: every vector is zero`);
    else await save(flags.figure, svg);
  }
  const { configuration } = provenance;
  const result = (listed: number): object => {
    const [first, ...others] = matrices.map((matrix) => jsonOf(matrix, listed));
    const found = others.length === 0 ? first : { matrices: [first, ...others] };
    return { ...found, version, configuration };
  };
  if (flags.out !== undefined) await save(flags.out, jsonBytes(result(Infinity), 0, '\n'));
  if (flags.json === true) await printJson(result(LISTED));
  else print(matrices.map((matrix) => describeMatrix(path, matrix)).join('\n\n'));
}

/** Replaces numbers that float64 cannot hold; JSON would show them as null. */
function inRange(summary: MeasuredMatrix['summary']['interference']): object {
  return Object.fromEntries(
    Object.entries(summary).map(([name, value]) => [name, numberInRange(value)]),
  );
}

function numberInRange(value: number): number | string {
  return Number.isFinite(value) ? value : 'out of range';
}

/** A result as JSON, with its features one by one if there are at most `listed`. */
function jsonOf(matrix: MeasuredMatrix, listed: number): object {
  const { choice, summary, measured, labels, references, neighbours, relativeNorms, skipped } =
    matrix;
  const { outOfRange, ...figures } = summary;
  const { capacity, leverage, squaredNorm, participation } = measured;
  return {
    matrix: choice.label,
    ...figures,
    ...(outOfRange !== null && { outOfRange, interference: inRange(summary.interference) }),
    ...(skipped !== undefined && { skipped: skippedJson(skipped) }),
    references: references.map(referenceJson),
    ...(summary.features <= listed && {
      perFeature: {
        ...(skipped !== undefined && { feature: originalIndices(matrix) }),
        capacity,
        leverage,
        squaredNorm: outOfRange === null ? squaredNorm : [...squaredNorm].map(numberInRange),
        participation,
        ...(neighbours !== null && {
          neighbour: originalNeighbours(matrix),
          cosine: neighbours.cosine,
        }),
        ...(labels !== null && { label: labels }),
        ...(relativeNorms !== undefined && {
          relativeNorm: Object.fromEntries(
            relativeNorms.parts.map((part, i) => [part, relativeNorms.values[i]]),
          ),
        }),
      },
    }),
  };
}
