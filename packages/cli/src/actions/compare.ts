import { statSync } from 'node:fs';
import { ASSIGN_UP_TO } from '@polysem/core/compare';
import { version } from '@polysem/core/version';
import type { Provenance } from '@polysem/figures';
import { isStandardInput, isUrl } from '@polysem/io/bytes';
import {
  comparisonConfiguration,
  comparisonJson,
  comparisonReport,
  cosineFigure,
  describeComparison,
  pairFiles,
} from '@polysem/reports/comparison';
import { jsonBytes } from '@polysem/reports/text';
import { checkTableName, notesPath } from '@polysem/runs';
import {
  compareMatrices,
  comparisonKeeper,
  comparisonStore,
  largestMatching,
  matchingBytes,
  sha256OfFile,
  type ComparedMatrices,
  type CompareSettings,
  type MatrixToCompare,
} from '@polysem/runs/compare';
import type { RunStore } from '@polysem/runs/store';
import { parseBlas } from '../blas-flag.ts';
import { LISTED, type CompareFlags } from '../commands/compare.ts';
import { sidesOf } from '../compare/sides.ts';
import { UsageError } from '../errors.ts';
import { labelsOf, readLabels, type Labels } from '../features/labels.ts';
import { checkTargets, note, print, printJson, save, saveTable } from '../output.ts';
import { parseChoice, parseInteger, parseNumber, parseThreads } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { rowNamesOf, withFeatures, type OpenFeatures } from '../read-matrix.ts';

/** Pairs from which the memory of one-to-one matching is told: 100 MB. */
const WORTH_TELLING = 2.5e7;

const ALIGN = '--align: needs pairs that are given; add --by order or --by names';

/** Runs `polysem compare`. */
export async function compare(a: string, b: string, flags: CompareFlags): Promise<void> {
  const targets = {
    '--per-pair': flags.perPair,
    '--per-pair, its configuration': notesPath(flags.perPair),
    '--report': [flags.report, '.html'],
    '--out': [flags.out, '.json'],
    '--figure': [flags.figure, '.svg'],
  } as const;
  if (isStandardInput(a) && isStandardInput(b))
    throw new UsageError('compare: only one of the two can be read from standard input');
  const [first, second] = sidesOf([a, b], flags);
  checkTargets(targets, [first.location, second.location, flags.labels, flags.labelsB]);
  checkTableName(flags.perPair, '--per-pair');
  const settings = settingsOf(flags);
  const names = await namesOf(flags);
  await withFeatures(first.location, first.flags, (left) =>
    withFeatures(second.location, second.flags, async (right) => {
      const by = flags.by === undefined ? usualPairing(left, right) : pairingOf(flags.by);
      if (flags.align === true && by === 'match') throw new UsageError(ALIGN);
      const sides = [
        matrixOf(first.location, left, names[0]),
        matrixOf(second.location, right, names[1]),
      ] as const;
      if (by === 'names') checkNames(sides);
      if (by === 'match') tellMemory(sides, settings.assignUpTo ?? 0);
      const progress = showProgress();
      const how = { ...settings, by };
      const store = await storeOf([left, right], sides, how, flags);
      const keeper = store && comparisonKeeper(store);
      const compared = await compareMatrices(...sides, how, progress.update, keeper);
      progress.end();
      await write(compared, flags);
      store?.remove();
    }),
  );
}

function settingsOf(flags: CompareFlags): CompareSettings {
  const threads = parseThreads(flags.threads);
  const matching = parseChoice(flags.matching, '--matching', [
    'auto',
    'one-to-one',
    'mutual',
  ] as const);
  const threshold = parseNumber(flags.threshold, '--threshold');
  if (!(threshold >= -1 && threshold <= 1))
    throw new UsageError(`--threshold: expected a cosine from -1 to 1, got ${flags.threshold}`);
  if (flags.by !== undefined && pairingOf(flags.by) !== 'match' && matching !== 'auto')
    throw new UsageError('--matching: requires --by match; leave it out');
  if (flags.align === true && flags.by !== undefined && pairingOf(flags.by) === 'match')
    throw new UsageError(ALIGN);
  return {
    signs: parseChoice(flags.signs, '--signs', ['fixed', 'free'] as const),
    align: flags.align === true,
    threshold,
    assignUpTo: { auto: ASSIGN_UP_TO, 'one-to-one': largestMatching, mutual: 0 }[matching],
    seed: parseInteger(flags.seed, '--seed', 0),
    centre: flags.centre === true,
    normalise: flags.normalise === true,
    threads,
    blas: parseBlas(flags.blas, threads),
  };
}

function pairingOf(text: string): 'match' | 'order' | 'names' {
  return parseChoice(text, '--by', ['match', 'order', 'names'] as const);
}

/** Features of two toy models that polysem trained have a common order: feature i is input i. */
function usualPairing(left: OpenFeatures, right: OpenFeatures): 'match' | 'order' {
  const isTrained = [left, right].every(
    ({ file: { metadata } }) => metadata.polysem !== undefined && metadata.features === 'columns',
  );
  if (!isTrained || left.source.features !== right.source.features) return 'match';
  note('both are trained by polysem, so features are paired by order; --by match pairs by cosine');
  return 'order';
}

/** Names for A and for B from the files of the flags; null without a file. */
async function namesOf({
  labels,
  labelsB,
  labelsHeader,
}: CompareFlags): Promise<readonly [Labels | null, Labels | null]> {
  if (labelsHeader !== undefined && labels === undefined && labelsB === undefined)
    throw new UsageError('--labels-header: requires --labels; leave it out');
  const ofA = labels === undefined ? null : await readLabels(labels, labelsHeader);
  return [ofA, labelsB === undefined ? ofA : await readLabels(labelsB, labelsHeader)];
}

function matrixOf(location: string, opened: OpenFeatures, names: Labels | null): MatrixToCompare {
  const { file, path, choice, source, skipped } = opened;
  const all =
    names === null ? rowNamesOf(file, choice) : labelsOf(names, source.features + skipped.length);
  const bad = new Set(skipped);
  const isFile =
    !isUrl(location) &&
    !isStandardInput(location) &&
    statSync(location, { throwIfNoEntry: false })?.isFile() === true;
  return {
    file: path,
    sha256: isFile ? sha256OfFile(location) : null,
    choice,
    source,
    labels: all === null ? null : all.filter((_, i) => !bad.has(i)),
    ...(skipped.length > 0 && { skipped }),
  };
}

/** Opens the store from which an interrupted comparison goes on. */
async function storeOf(
  opened: readonly [OpenFeatures, OpenFeatures],
  sides: readonly [MatrixToCompare, MatrixToCompare],
  settings: CompareSettings,
  { report, perPair, out, figure }: CompareFlags,
): Promise<RunStore | undefined> {
  const [a, b] = opened.map(({ path, file, choice }, k) => ({
    path,
    file,
    choice,
    labels: sides[k].labels,
  }));
  return comparisonStore([a, b], settings, {
    out: report ?? perPair ?? out ?? figure,
    onNote: note,
  });
}

function checkNames(sides: readonly MatrixToCompare[]): void {
  for (const { file, labels } of sides) {
    if (labels === null)
      throw new UsageError(
        `--by names: ${file} has no names of features; give them with --labels and --labels-b`,
      );
  }
}

/** Says how much memory one-to-one matching takes, or refuses what was asked for. */
function tellMemory([a, b]: readonly MatrixToCompare[], assignUpTo: number): void {
  const [featuresA, featuresB] = [a.source.features, b.source.features];
  const pairs = featuresA * featuresB;
  if (assignUpTo === largestMatching && pairs > assignUpTo)
    throw new UsageError(
      `--matching: one-to-one is limited to ${largestMatching} pairs, got ${featuresA} x ${featuresB}; give --matching mutual`,
    );
  if (pairs > assignUpTo && assignUpTo > 0)
    note(
      `${featuresA} x ${featuresB} pairs are too many to assign one to one, so pairs are mutual nearest neighbours`,
    );
  else if (pairs >= WORTH_TELLING && pairs <= assignUpTo)
    note(
      `matching one to one takes ${Math.round(matchingBytes(featuresA, featuresB) / 1e6)} MB and up to minutes; --matching mutual takes less`,
    );
}

async function write(compared: ComparedMatrices, flags: CompareFlags): Promise<void> {
  const provenance: Provenance = {
    polysem: version,
    seed: Number(flags.seed),
    configuration: comparisonConfiguration(compared),
  };
  if (flags.perPair !== undefined) await saveTable(pairFiles(flags.perPair, compared, version));
  if (flags.report !== undefined) await save(flags.report, comparisonReport(compared, provenance));
  if (flags.figure !== undefined) {
    const svg = cosineFigure(compared, provenance);
    if (svg === null) note(`${flags.figure} is not drawn: there are no pairs`);
    else await save(flags.figure, svg);
  }
  if (flags.out !== undefined)
    await save(flags.out, jsonBytes(comparisonJson(compared, version, Infinity), 0, '\n'));
  if (flags.json === true) await printJson(comparisonJson(compared, version, LISTED));
  else print(describeComparison(compared));
}
