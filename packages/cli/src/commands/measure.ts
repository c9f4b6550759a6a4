import {
  effectiveRank,
  efficiency,
  gaussianBaseline,
  gram,
  measureCapacity,
  mutualCoherence,
  participationRatio,
  summarise,
  version,
  welchBound,
  type CapacityMeasurement,
  type Embedding,
} from '@polysem/core';
import { embeddingArrowsFigure, gramHeatMapFigure } from '@polysem/figures';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { checkTargets, number, print, save, table, toJson } from '../output.ts';
import { showProgress } from '../progress.ts';
import type { FeatureChoice } from '../features/choose-features.ts';
import { addFeatureFlags, type FeatureFlags } from '../features/feature-flags.ts';
import { csvCell, labelText, readLabels } from '../features/labels.ts';
import { describeListing, listing } from '../features/list-features.ts';
import { withFile, withMatrix } from '../read-matrix.ts';

interface MeasureFlags extends FeatureFlags {
  readonly list?: boolean;
  readonly labels?: string;
  readonly perFeature?: string;
  readonly coherence: boolean;
  readonly gram?: string;
  readonly arrows?: string;
  readonly json?: boolean;
}

/** Up to so many features are listed one by one in the JSON. */
const LISTED = 4096;

/** `polysem measure`: capacity, leverage and their kin of a matrix in a file. */
export function measureCommand(program: Command): void {
  const command = program
    .command('measure')
    .description('Measure: how the features of a weight matrix share its dimensions')
    .argument('<file>', '.npy, .npz, .safetensors or .csv')
    .option(
      '--list',
      'list the features that are known, the flags that measure them, and all tensors',
    );
  addFeatureFlags(command)
    .option(
      '--labels <file>',
      'names of features: vocab.txt, tokenizer.json, vocab.json, or a column of a .csv as file.csv:column',
    )
    .option(
      '--per-feature <file.csv>',
      'write capacity, leverage, squared norm and interference of each feature',
    )
    .option('--no-coherence', 'leave out the mutual coherence, which looks at all pairs')
    .option('--gram <file.svg>', 'draw the Gram matrix (small matrices)')
    .option('--arrows <file.svg>', 'draw the features as arrows (two dimensions)')
    .option('--json', 'print one JSON object')
    .action(measure);
}

async function measure(path: string, flags: MeasureFlags): Promise<void> {
  checkTargets({
    '--per-feature': flags.perFeature,
    '--gram': flags.gram,
    '--arrows': flags.arrows,
  });
  if (flags.list === true) {
    await withFile(path, async (file, config) =>
      print(
        flags.json === true ? toJson(listing(file, config)) : describeListing(path, file, config),
      ),
    );
    return;
  }
  await withMatrix(path, flags, ({ choice, embedding }) => report(path, choice, embedding, flags));
}

async function report(
  path: string,
  choice: FeatureChoice,
  w: Embedding,
  flags: MeasureFlags,
): Promise<void> {
  if (flags.gram !== undefined && w.features > 1000) {
    throw new UsageError(`--gram: draws at most 1000 features, there are ${w.features}`);
  }
  if (flags.arrows !== undefined && w.dims !== 2) {
    throw new UsageError(`--arrows: needs 2 dimensions, the embedding has ${w.dims}`);
  }
  const labels = flags.labels === undefined ? null : await readLabels(flags.labels, w.features);
  const measured = measureCapacity(w);
  const coherence = flags.coherence ? measureCoherence(w) : null;
  const result = summary(measured, coherence);
  const configuration = { command: 'measure', file: path, ...taken(choice) };
  const provenance = { polysem: version, seed: null, configuration };
  if (flags.perFeature !== undefined) await save(flags.perFeature, csv(measured, labels));
  if (flags.gram !== undefined) {
    const data = { gram: gram(w), features: w.features };
    await save(flags.gram, gramHeatMapFigure(data, { title: 'Gram matrix', provenance }));
  }
  if (flags.arrows !== undefined) {
    const data = { embedding: w, capacities: measured.capacity };
    await save(
      flags.arrows,
      embeddingArrowsFigure(data, { title: 'Features in the plane', provenance }),
    );
  }
  if (flags.json !== true) {
    print(describe(path, choice, measured, result, labels));
    return;
  }
  const { capacity, leverage, squaredNorm } = measured;
  const perFeature =
    w.features <= LISTED
      ? {
          perFeature: {
            capacity,
            leverage,
            squaredNorm,
            ...(labels !== null && { label: labels }),
          },
        }
      : {};
  print(toJson({ ...result, ...perFeature, version, configuration }));
}

function measureCoherence(w: Embedding) {
  const progress = showProgress();
  const found = mutualCoherence(w, (done) =>
    progress.update('mutual coherence over all pairs', done),
  );
  progress.end();
  return found;
}

function summary(
  measured: CapacityMeasurement,
  coherence: ReturnType<typeof mutualCoherence> | null,
) {
  const { features, dims, rank, capacity, leverage, interference, squaredNorm, singularValues } =
    measured;
  const nonZero = squaredNorm.reduce((count, n) => count + (n > 0 ? 1 : 0), 0);
  return {
    features,
    dims,
    rank,
    capacity: summarise(capacity),
    leverage: summarise(leverage),
    interference: summarise(interference),
    efficiency: efficiency(measured),
    effectiveRank: effectiveRank(singularValues),
    participationRatio: participationRatio(singularValues),
    coherence: coherence?.coherence ?? null,
    coherentPair: coherence?.pair ?? null,
    welchBound: welchBound(nonZero, dims),
    zeroFeatures: features - nonZero,
    unresolvedFeatures: measured.unresolved,
    gaussianBaseline: gaussianBaseline(dims, features),
  };
}

function csv(
  { capacity, leverage, squaredNorm, interference }: CapacityMeasurement,
  labels: readonly string[] | null,
): string {
  const heads = 'feature,capacity,leverage,squaredNorm,interference';
  const lines = [labels === null ? heads : `${heads},label`];
  capacity.forEach((c, i) => {
    const label = labels === null ? '' : `,${csvCell(labels[i])}`;
    lines.push(`${i},${c},${leverage[i]},${squaredNorm[i]},${interference[i]}${label}`);
  });
  return `${lines.join('\n')}\n`;
}

/** What was measured, so that it can be measured again: tensors, axis, and whatever was done to them. */
function taken({
  tensor,
  axis,
  index,
  from,
  to,
  fold,
  product,
  known,
  notes,
}: FeatureChoice): object {
  return {
    tensor,
    features: axis,
    ...(index !== undefined && { index }),
    ...(from !== undefined && { from, to }),
    ...(fold !== undefined && { fold }),
    ...(product !== undefined && { product }),
    ...(known !== undefined && { preset: known.preset, layer: known.layer, layout: known.layout }),
    ...(known?.head !== undefined && { head: known.head }),
    ...(known?.expert !== undefined && { expert: known.expert }),
    ...(notes.length > 0 && { notes }),
  };
}

/** So many features are named at either end. */
const NAMED = 8;

/** The features with the least and the most capacity, by name; zero vectors and those without a name are left out. */
function ends({ capacity }: CapacityMeasurement, labels: readonly string[]): string[] {
  const order = Array.from(capacity.keys())
    .filter((i) => capacity[i] > 0 && labels[i] !== '')
    .toSorted((a, b) => capacity[a] - capacity[b]);
  const names = (indices: readonly number[]): string =>
    indices.map((i) => `${labelText(labels[i])} ${number(capacity[i], 3)}`).join(', ');
  return [
    `least capacity  ${names(order.slice(0, NAMED))}`,
    `most capacity   ${names(order.slice(-NAMED).toReversed())}`,
  ];
}

function describe(
  path: string,
  choice: FeatureChoice,
  measured: CapacityMeasurement,
  result: ReturnType<typeof summary>,
  labels: readonly string[] | null,
): string {
  const { gaussianBaseline: chance } = result;
  const five = ({ total, mean, median, min, max }: typeof result.capacity): string[] =>
    [total, mean, median, min, max].map((value) => number(value, 5));
  return [
    `${path}, ${choice.label}: ${measured.features} features in ${measured.dims} dimensions, rank ${measured.rank}` +
      (result.zeroFeatures > 0 ? `, ${result.zeroFeatures} zero vectors` : '') +
      (measured.unresolved > 0 ? `, ${measured.unresolved} too short to resolve` : ''),
    ...choice.notes.map((line) => `  ${line}`),
    '',
    table([
      ['', 'total', 'mean', 'median', 'min', 'max'],
      ['capacity', ...five(result.capacity)],
      [
        '  of a random Gaussian matrix',
        number(chance.total, 5),
        number(chance.mean, 5),
        '',
        '',
        '',
      ],
      ['leverage', ...five(result.leverage)],
      ['interference', ...five(result.interference)],
    ]),
    '',
    table([
      ['', 'this matrix', 'random Gaussian'],
      ['efficiency, sum C / rank', number(result.efficiency, 5), number(chance.efficiency, 5)],
      ['effective rank', number(result.effectiveRank, 5), ''],
      ['participation ratio', number(result.participationRatio, 5), ''],
      [
        'mutual coherence',
        result.coherence === null ? 'left out' : number(result.coherence, 5),
        '',
      ],
      ['  Welch bound', number(result.welchBound, 5), ''],
    ]),
    ...(labels === null ? [] : ['', ...ends(measured, labels)]),
  ].join('\n');
}
