import type { TensorFile } from '@polysem/io';
import { bothReadings, type FeatureMatrix, type FeatureHints } from '@polysem/io/layouts';
import { labelText, shellWord, table } from '@polysem/reports/text';
import { ranges, shapeText } from './choose-features.ts';
import { foundIn } from './found-in.ts';

/** The output of `--list --json`. */
export function listing(file: TensorFile, hints: FeatureHints): object {
  const found = foundIn(file, hints);
  return {
    format: file.format,
    // Parts are named already; the decoders of all parts would be repeated for each.
    features: found.features.map((matrix) =>
      Object.assign({}, matrix, { decoders: undefined, partLabels: undefined }),
    ),
    notes: found.notes,
    readings: found.features.length > 0 ? [] : bothReadings(file.entries),
    tensors: file.entries.map(({ name, dtype, shape, readable, problem }) => ({
      name,
      dtype,
      shape,
      readable,
      ...(problem !== undefined && { problem }),
    })),
  };
}

/** Formats the known matrices of features with the flags that measure them, then all tensors. */
export function describeListing(path: string, file: TensorFile, hints: FeatureHints): string {
  const { features, notes } = foundIn(file, hints);
  const parts: string[] = [];
  if (features.length > 0) {
    parts.push(`${path}: known features, and the flags that measure them`);
    const rows = groups(features).map(row);
    parts.push(
      table(
        [['flags', 'features', 'dims', 'taken from', 'layout'], ...rows],
        ['taken from', 'layout'],
      ),
    );
    const doubts = new Set(
      features.flatMap(({ preset, doubt }) =>
        doubt === undefined ? [] : [`uncertain, ${preset}: ${doubt}`],
      ),
    );
    parts.push(...doubts);
  } else {
    const readings = bothReadings(file.entries);
    parts.push(
      `${path}: no known layout` +
        (readings.length > 0 ? '; each matrix can be read both ways' : ''),
    );
    const rows = readings.map(({ tensor, axis, features: n, dims, matrices = 0 }) => [
      `--tensor ${shellWord(tensor)}${matrices > 0 ? ` --index 0..${matrices - 1}` : ''} --features ${axis}`,
      String(n),
      String(dims),
    ]);
    if (rows.length > 0) parts.push(table([['flags', 'features', 'dims'], ...rows]));
  }
  parts.push(...notes);
  const tensors = file.entries.map((entry) => [
    labelText(entry.name),
    entry.dtype,
    shapeText(entry),
    entry.readable ? 'yes' : 'no',
  ]);
  parts.push(
    '',
    'all tensors',
    table([['name', 'type', 'shape', 'readable'], ...tensors], ['type']),
    ...unreadable(file),
  );
  return parts.join('\n');
}

/** Says why tensors cannot be read, where their type does not. */
function unreadable({ entries }: TensorFile): string[] {
  const lines = entries.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${labelText(name)}: ${problem}`],
  );
  return lines.length > 0 ? ['', 'not readable', ...lines] : [];
}

/** Groups matrices that differ only in layer, head, expert or index. */
function groups(features: readonly FeatureMatrix[]): FeatureMatrix[][] {
  const found = new Map<string, FeatureMatrix[]>();
  for (const matrix of features) {
    const { preset, layer, tensor, axis, features: n, product, tiedTo, part } = matrix;
    // Parts, their sum and their concatenation are one line.
    const dims = part === undefined ? matrix.dims : 0;
    const place = layer === null ? tensor : tensor.replaceAll(/(^|[./_-])\d+(?=[./_-]|$)/g, '$1{}');
    const key = JSON.stringify([preset, place, axis, n, dims, product !== undefined, tiedTo]);
    const group = found.get(key);
    if (group === undefined) found.set(key, [matrix]);
    else group.push(matrix);
  }
  return [...found.values()];
}

function row(group: readonly FeatureMatrix[]): string[] {
  const [first] = group;
  const values = (of: (matrix: FeatureMatrix) => string | undefined): string[] =>
    [...new Set(group.map(of))].filter((value) => value !== undefined);
  const layers = values(({ layer }) => (layer === null ? undefined : String(layer)));
  const heads = values(({ head }) => (head === undefined ? undefined : String(head)));
  const experts = values(({ expert }) => expert);
  const parts = values(({ part }) => part);
  const indices = values(({ index, part }) =>
    index === undefined || part !== undefined ? undefined : String(index),
  );
  const flags = [
    `--preset ${first.preset}`,
    layers.length > 0 ? `--layer ${ranges(layers)}` : '',
    heads.length > 0 ? `[--head ${ranges(heads)}]` : '',
    experts.length > 0 ? `--expert ${ranges(experts)}` : '',
    parts.length > 0 ? `--part ${ranges(parts)}` : '',
    experts.length === 0 && indices.length > 1 ? `--index ${ranges(indices)}` : '',
  ].filter((flag) => flag !== '');
  const taken =
    first.product === undefined
      ? `${first.axis} of ${first.tensor}`
      : `${first.axis} of ${first.tensor} times ${first.product.inputs[0].tensor}`;
  return [
    flags.join(' '),
    String(first.features),
    [...new Set(group.map(({ dims }) => dims))].join(', '),
    labelText(taken) + (first.tiedTo === undefined ? '' : `, tied to the ${first.tiedTo}`),
    first.layout,
  ];
}
