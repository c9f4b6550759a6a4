import type { TensorEntry } from '@polysem/io';
import { PRESETS, type FeatureHints, type FeatureMatrix } from '@polysem/io/layouts';
import type { FeatureChoice } from '@polysem/runs/measure';
import { UsageError } from '../errors.ts';
import { parseChoice, parseInteger } from '../parse.ts';
import type { FeatureFlags } from './feature-flags.ts';
import { foundIn, type ListedFile } from './found-in.ts';
import { nearestNames } from '@polysem/runs/nearest-names';

/**
 * Chooses a matrix of features: the one that the flags name, or the only one. The axis comes from the flags, from
 * metadata written by polysem, or from a layout.
 *
 * @param hints what lies beside the file: configuration, metadata, location.
 * @throws UsageError of one line that names file, flag and the closest names.
 */
export function chooseFeatures(
  path: string,
  file: ListedFile,
  flags: FeatureFlags,
  hints: FeatureHints = {},
): FeatureChoice {
  const { features } = foundIn(file, hints);
  if (flags.preset !== undefined) return byPreset(path, features, flags);
  for (const flag of ['layer', 'head', 'expert', 'part'] as const) {
    if (flags[flag] !== undefined) throw new UsageError(`--${flag}: requires --preset; give one`);
  }
  const decoder = decoderOf(features, flags);
  if (decoder !== null) return decoder;
  if (flags.fold === false)
    throw new UsageError('--no-fold: requires --preset; a --tensor is read as stored');
  return byTensor(path, file, features, flags);
}

/**
 * The only decoder of a file that holds a dictionary and no other known matrix, if the flags choose nothing. Its vectors are
 * the directions that latents write.
 */
function decoderOf(features: readonly FeatureMatrix[], flags: FeatureFlags): FeatureChoice | null {
  const { tensor, features: axis, index } = flags;
  const decoders = features.filter(({ preset }) => preset.endsWith('-decoder'));
  const encoders = features.filter(({ preset }) => preset.endsWith('-encoder'));
  const isDictionary = encoders.length > 0 && features.length === encoders.length + decoders.length;
  if (!isDictionary || decoders.length !== 1 || (tensor ?? axis ?? index) !== undefined)
    return null;
  const choice = choiceOf(decoders[0], flags);
  const other = encoders[0].preset;
  const why = `the decoder, because nothing else was chosen; --preset ${other} measures the encoder`;
  return { ...choice, notes: [...choice.notes, why] };
}

function byPreset(
  path: string,
  features: readonly FeatureMatrix[],
  flags: FeatureFlags,
): FeatureChoice {
  const { preset = '' } = flags;
  const held = [...new Set(features.map((matrix) => matrix.preset))];
  if (!PRESETS.some((name) => name === preset)) {
    const nearest = nearestNames(preset, held.length > 0 ? held : PRESETS).join(', ');
    throw new UsageError(
      `--preset: no preset ${JSON.stringify(preset)}; the closest are ${nearest}`,
    );
  }
  let left = features.filter((matrix) => matrix.preset === preset);
  if (left.length === 0) {
    throw new UsageError(
      `${path}: --preset ${preset}: not found by any layout; ` +
        (held.length > 0
          ? `the file has ${held.join(', ')}`
          : 'the file has no preset; see --list, and give --tensor'),
    );
  }
  if (flags.features !== undefined) {
    throw new UsageError(
      '--features: a preset determines its axis; give --tensor instead to choose it',
    );
  }
  if (flags.tensor !== undefined) {
    left = left.filter((matrix) => matrix.tensor === flags.tensor);
    if (left.length === 0) {
      const names = features.filter((m) => m.preset === preset).map(({ tensor }) => tensor);
      throw new UsageError(
        `${path}: --tensor ${flags.tensor}: is not a ${preset}; the closest are ${nearestNames(flags.tensor, names).join(', ')}`,
      );
    }
  }
  left = byPlace(path, preset, left, flags);
  if (left.length > 1) {
    const names = [...new Set(left.map(({ tensor }) => tensor))];
    throw new UsageError(
      `${path}: --preset ${preset}: ${left.length} tensors match; choose one with --tensor: ${names.slice(0, 8).join(', ')}`,
    );
  }
  return choiceOf(left[0], flags);
}

/** The choice of a known matrix, with its norms folded unless the flags or its layout say no. */
function choiceOf(matrix: FeatureMatrix, flags: FeatureFlags): FeatureChoice {
  const { preset, tensor, axis, index, slice, from, to, parts, combine, product } = matrix;
  if (flags.fold === false && matrix.fold === undefined && matrix.unfolded === undefined)
    throw new UsageError(`--no-fold: ${preset} has nothing to fold; remove the flag`);
  const fold = flags.fold === false ? undefined : matrix.fold;
  return {
    tensor,
    axis,
    ...(index !== undefined && { index }),
    ...(slice !== undefined && { slice }),
    ...(from !== undefined && { from, to }),
    ...(parts !== undefined && { parts }),
    ...(combine !== undefined && { combine }),
    ...(product !== undefined && { product }),
    ...(fold !== undefined && { fold }),
    label: labelOf(matrix),
    notes: notesOf(matrix, fold !== undefined),
    known: matrix,
  };
}

/** Places that tell matrices of one preset apart, each with its flag. */
const PLACES = {
  layer: ({ layer }) => numberOf(layer),
  head: ({ head }) => numberOf(head),
  expert: ({ expert }) => expert,
  part: ({ part }) => part,
  index: ({ index, part }) => (part === undefined ? numberOf(index) : undefined),
} as const satisfies Record<string, (matrix: FeatureMatrix) => string | undefined>;

type Place = keyof typeof PLACES;

/** Filters matrices by the given flags, then asks for a flag that is still needed. */
function byPlace(
  path: string,
  preset: string,
  matrices: readonly FeatureMatrix[],
  flags: FeatureFlags,
): FeatureMatrix[] {
  let left = [...matrices];
  const places = Object.keys(PLACES) as Place[];
  for (const place of places) {
    const wanted = flags[place];
    if (wanted !== undefined) left = withPlace(path, preset, left, place, wanted);
    else if (place === 'head') left = left.filter(({ head }) => head === undefined);
  }
  for (const place of places) {
    const held = [...new Set(left.map(PLACES[place]))].filter((value) => value !== undefined);
    if (flags[place] === undefined && held.length > 1)
      throw new UsageError(
        `${path}: --preset ${preset}: ${held.length} match; choose one with --${place}: ${ranges(held)}`,
      );
  }
  return left;
}

/**
 * Filters matrices by the value of one flag.
 *
 * @throws UsageError that lists the values it can have.
 */
function withPlace(
  path: string,
  preset: string,
  left: readonly FeatureMatrix[],
  place: Place,
  wanted: string,
): FeatureMatrix[] {
  const isText = place === 'expert' || place === 'part';
  if (!isText) parseInteger(wanted, `--${place}`, 0);
  const value = isText ? wanted : String(Number(wanted));
  const found = left.filter((matrix) => PLACES[place](matrix) === value);
  if (found.length > 0) return found;
  const held = [...new Set(left.map(PLACES[place]))].filter((each) => each !== undefined);
  const known =
    held.length > 0
      ? `; it has ${ranges(held)}`
      : `; it has no known ${place === 'index' ? 'indices' : `${place}s`}`;
  throw new UsageError(`${path}: --${place} ${wanted}: no such ${place} of ${preset}${known}`);
}

function numberOf(value: number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

/** Formats consecutive numbers as `0..11`, other values as a list of the first few. */
export function ranges(values: readonly string[]): string {
  const numbers = values.map(Number);
  const row = numbers.every((n, i) => Number.isInteger(n) && (i === 0 || n === numbers[i - 1] + 1));
  if (row && values.length > 2) return `${values[0]}..${values.at(-1)}`;
  const shown = values.slice(0, 12).join(', ');
  return values.length > 12 ? `${shown} and ${values.length - 12} more` : shown;
}

function labelOf(matrix: FeatureMatrix): string {
  const { preset, layer, head, expert, index, tensor, product, part } = matrix;
  const place = [
    layer === null ? '' : ` of layer ${layer}`,
    head === undefined ? '' : `, head ${head}`,
    expert === undefined ? '' : `, expert ${expert}`,
    part === undefined ? '' : `, ${partText(matrix)}`,
    index === undefined || expert !== undefined || part !== undefined ? '' : `, number ${index}`,
  ].join('');
  return product === undefined ? `${preset}${place} (${tensor})` : `${preset}${place}`;
}

/** Names a part: `target layer 3`, `target layers concatenated`, or `model 0, all hook points` for `0/all`. */
export function partText({ part = '', partOf = 'part' }: FeatureMatrix): string {
  const kinds = partOf.split('/');
  if (kinds.length > 1) {
    const places = part.split('/');
    if (places.length < kinds.length) return `${kinds.join('s and ')}s ${part}`;
    return kinds
      .map((kind, i) => (places[i] === 'all' ? `all ${kind}s` : `${kind} ${places[i]}`))
      .join(', ');
  }
  return /\d$/.test(part) ? `${partOf} ${part}` : `${partOf}s ${part === 'sum' ? 'added' : part}`;
}

/** Describes which vectors were taken and why, folding, and doubts. */
function notesOf(matrix: FeatureMatrix, folded: boolean): string[] {
  const { axis, tensor, why, doubt, fold, description, product, unfolded } = matrix;
  const of = matrix.part === undefined ? tensor : `${tensor}, ${partText(matrix)}`;
  const what = product === undefined ? `${axis} of ${of}: ` : '';
  const notes = [`a feature is ${description}`, `took ${what}${why}`];
  if (fold !== undefined) {
    notes.push(
      folded
        ? `folded: each vector ${foldText(fold, matrix)}; --no-fold leaves it as stored`
        : 'not folded: vectors as stored, without the norms of decoder vectors',
    );
  }
  if (unfolded !== undefined) notes.push(`vectors as stored: ${unfolded}`);
  if (product !== undefined)
    notes.push(
      'a product has at most the rank of its factors; the Gaussian baseline is not a product',
    );
  if (doubt !== undefined) notes.push(`uncertain: ${doubt}`);
  return notes;
}

/** Says by what the vectors are scaled: `times the norm of its decoder vector (W_dec)`. */
function foldText(
  { power, partner, measure }: NonNullable<FeatureMatrix['fold']>,
  { part, partOf = 'part' }: FeatureMatrix,
): string {
  const all = `all ${partOf.replace('/', 's and ')}s`;
  const verb = power === 1 ? 'times' : 'divided by';
  if (measure !== undefined) {
    const { whole, parts, name } = measure;
    const terms = [
      whole === 0 ? '' : `${whole === 1 ? '' : `${whole} times `}the norm`,
      parts === 0 ? '' : `${parts === 1 ? '' : `${parts} times `}the sum of the norms`,
    ].filter((term) => term !== '');
    return `${verb} ${terms.join(' plus ')} of its decoder vectors for ${all} (code normalisation ${name})`;
  }
  if (power === 1) return `times the norm of its decoder vector (${partner.tensor})`;
  return partner.parts === undefined || part === 'concatenated'
    ? 'divided by its own norm'
    : `divided by the norm of its vectors for ${all}`;
}

function byTensor(
  path: string,
  file: ListedFile,
  features: readonly FeatureMatrix[],
  flags: FeatureFlags,
): FeatureChoice {
  const entry = chooseEntry(path, file, features, flags.tensor);
  const { name: tensor } = entry;
  checkNotSliced(path, tensor, features);
  const index = chooseIndex(path, entry, flags.index);
  const place = { tensor, ...(index !== undefined && { index }), label: tensor, notes: [] };
  if (flags.features !== undefined)
    return {
      ...place,
      axis: parseChoice(flags.features, '--features', ['rows', 'columns'] as const),
    };
  if (file.metadata.polysem !== undefined && file.metadata.features === 'columns')
    return { ...place, axis: 'columns' };
  const known = features.filter(
    (matrix) =>
      matrix.tensor === tensor &&
      matrix.product === undefined &&
      matrix.doubt === undefined &&
      (index === undefined || matrix.index === index),
  );
  const [first] = known;
  if (first !== undefined && known.every(({ axis }) => axis === first.axis))
    return { ...place, axis: first.axis, notes: [`took ${first.axis} of ${tensor}: ${first.why}`] };
  const [rows, columns] = entry.shape.slice(-2);
  if (entry.shape.length < 2) return { ...place, axis: 'rows' };
  if (rows === columns) return { ...place, axis: 'rows', onlyIfSymmetric: true };
  throw new UsageError(axisQuestion(path, tensor, rows, columns));
}

/** Asks which axis counts features. */
export function axisQuestion(path: string, tensor: string, rows: number, columns: number): string {
  return (
    `${path}: ${JSON.stringify(tensor)} is ${rows} x ${columns}; give --features rows (${rows} features in ${columns} dimensions) ` +
    `or --features columns (${columns} features in ${rows} dimensions)`
  );
}

function chooseEntry(
  path: string,
  file: ListedFile,
  features: readonly FeatureMatrix[],
  wanted: string | undefined,
): TensorEntry {
  const { entries } = file;
  if (wanted !== undefined) {
    const found = entries.find((entry) => entry.name === wanted);
    if (found !== undefined) return found;
    const nearest = nearestNames(
      wanted,
      entries.map(({ name }) => name),
      20,
    );
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    const shown = nearest.flatMap((name) => byName.get(name) ?? []);
    throw new UsageError(
      `${path}: has no tensor ${JSON.stringify(wanted)}; ` +
        (entries.length > shown.length ? 'the closest are ' : 'it holds ') +
        list(entries.length > shown.length ? shown.slice(0, 5) : entries),
    );
  }
  if (entries.length === 1) return entries[0];
  // In a file written by `train`, W is the embedding, or one per instance.
  const own = entries.find(({ name, shape }) => name === 'W' && shape.length >= 2);
  if (file.metadata.polysem !== undefined && own !== undefined) return own;
  const matrices = entries.filter((entry) => entry.shape.length === 2 && entry.readable);
  // The only matrix of a crosscoder may be a bias per model.
  const isKnown = features.length === 0 || features.some((m) => m.tensor === matrices[0]?.name);
  if (matrices.length === 1 && isKnown) return matrices[0];
  if (features.length > 0) {
    const presets = [...new Set(features.map(({ preset }) => preset))].join(', ');
    const count = Math.max(matrices.length, new Set(features.map(({ tensor }) => tensor)).size);
    throw new UsageError(
      `${path}: holds ${count} matrices; choose one with --preset: ${presets}; or with --tensor, see --list`,
    );
  }
  if (matrices.length === 0)
    throw new UsageError(`${path}: holds no readable matrix, only ${list(entries)}`);
  throw new UsageError(
    `${path}: holds ${matrices.length} matrices; choose one with --tensor: ${list(matrices)}`,
  );
}

/** Refuses a tensor whose first axis does not count matrices, so that --index would take one latent for a matrix. */
function checkNotSliced(path: string, tensor: string, features: readonly FeatureMatrix[]): void {
  const sliced = features.filter((m) => m.tensor === tensor && m.slice !== undefined);
  if (sliced.length === 0) return;
  const [{ preset, layer, partOf = 'part' }] = sliced;
  const layers = layer === null ? '' : ` --layer ${layer}`;
  const parts = ranges([...new Set(sliced.flatMap(({ part }) => part ?? []))]);
  throw new UsageError(
    parts === ''
      ? `${path}: ${JSON.stringify(tensor)} is not a stack of matrices; give --preset ${preset}${layers} instead`
      : `${path}: ${JSON.stringify(tensor)} has one matrix per ${partOf.replace('/', ' and ')}; choose one with --preset ${preset}${layers} --part ${parts}`,
  );
}

function chooseIndex(path: string, { name, shape }: TensorEntry, wanted: string | undefined) {
  if (wanted === undefined) {
    if (shape.length !== 3 || shape[0] === 0) return undefined;
    throw new UsageError(
      `${path}: ${JSON.stringify(name)} is a stack of ${shape[0]} matrices; choose one with --index, 0 to ${shape[0] - 1}`,
    );
  }
  if (shape.length !== 3)
    throw new UsageError(`--index: ${JSON.stringify(name)} of ${path} is not a stack of matrices`);
  return parseInteger(wanted, '--index', 0, shape[0] - 1);
}

/** Formats names and shapes for a message, the first twenty. */
function list(entries: readonly TensorEntry[]): string {
  const shown = entries.slice(0, 20).map((entry) => `${entry.name} (${shapeText(entry)})`);
  return (
    shown.join(', ') +
    (entries.length > shown.length ? ` and ${entries.length - shown.length} more` : '')
  );
}

/** Formats a shape: `3 x 4`. */
export function shapeText(entry: { readonly shape: readonly number[] }): string {
  return entry.shape.join(' x ') || 'scalar';
}
