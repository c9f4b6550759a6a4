import type { SparseBatch } from './sparse-batch.ts';

/** Active entries in the order of sampling, which need not be the order of rows. */
export interface DrawnEntries {
  readonly rows: number[];
  readonly features: number[];
  readonly values: number[];
}

/** Makes a batch of entries in any order, each cell at most once: by counting sort, by feature and then by row. */
export function assembleBatch(rows: number, features: number, drawn: DrawnEntries): SparseBatch {
  const rowStarts = starts(drawn.rows, rows);
  if (isInOrder(drawn)) {
    return {
      rows,
      features,
      rowStarts,
      indices: Uint32Array.from(drawn.features),
      values: Float64Array.from(drawn.values),
    };
  }
  const byFeature = new Uint32Array(drawn.rows.length);
  const nextOfFeature = starts(drawn.features, features);
  for (let entry = 0; entry < byFeature.length; entry++) {
    byFeature[nextOfFeature[drawn.features[entry]]++] = entry;
  }
  const indices = new Uint32Array(byFeature.length);
  const values = new Float64Array(byFeature.length);
  const nextOfRow = rowStarts.slice();
  for (const entry of byFeature) {
    const at = nextOfRow[drawn.rows[entry]]++;
    indices[at] = drawn.features[entry];
    values[at] = drawn.values[entry];
  }
  return { rows, features, rowStarts, indices, values };
}

/** The position at which the entries of each key begin when entries are sorted by key; `count` + 1 numbers. */
function starts(keys: readonly number[], count: number): Uint32Array {
  const first = new Uint32Array(count + 1);
  for (const key of keys) first[key + 1]++;
  for (let key = 0; key < count; key++) first[key + 1] += first[key];
  return first;
}

function isInOrder({ rows, features }: DrawnEntries): boolean {
  for (let entry = 1; entry < rows.length; entry++) {
    const ahead = rows[entry] - rows[entry - 1];
    if (ahead < 0 || (ahead === 0 && features[entry] < features[entry - 1])) return false;
  }
  return true;
}
