import type { Embedding } from '../embedding/embedding.ts';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { frameOperator } from '../embedding/frame-operator.ts';
import { leftSingular } from '../embedding/singular.ts';

/*
 * Queries by which the search for blocks learns about the vectors. The search is a generator that yields queries. They are
 * answered from an embedding in memory, or in chunks from a feature source, so that the search is written only once.
 */

/** A subspace that features are projected on. */
export interface Span {
  /** Orthonormal rows. */
  readonly vectors: Float64Array;
  /** Number of rows that span it, from the first on. */
  readonly rank: number;
}

/** Spectra of groups of features. */
export interface GroupSpectra {
  /** Singular values, largest first. */
  readonly spectra: readonly Float64Array[];
  /** Left singular vectors as rows, at least `rankOf` of them; empty for a single feature (`queryDirections`). */
  readonly bases: readonly Float64Array[];
}

/** A query about the vectors. */
export type VectorQuery =
  | {
      readonly kind: 'spectra';
      readonly groups: readonly (readonly number[])[];
      /** Number of singular vectors of a group that are needed. */
      readonly rankOf: (spectrum: Float64Array, features: number) => number;
    }
  | {
      readonly kind: 'shares';
      readonly spans: readonly Span[];
      /** Called with |P w_j|^2, P the projection on a span, for each span and feature j, in order of features. */
      readonly add: (span: number, j: number, share: number) => void;
    }
  /** The unit vectors of features. */
  | { readonly kind: 'directions'; readonly features: readonly number[] }
  /** S = W W^T. */
  | { readonly kind: 'frame' };

/** A computation that yields queries and receives their answers. */
export type WithQueries<T> = Generator<VectorQuery, T, unknown>;

/** Queries the spectra of groups. */
export function* querySpectra(
  groups: readonly (readonly number[])[],
  rankOf: (spectrum: Float64Array, features: number) => number,
): WithQueries<GroupSpectra> {
  return (yield { kind: 'spectra', groups, rankOf }) as GroupSpectra;
}

/** Queries the unit vectors of features. */
export function* queryDirections(
  features: readonly number[],
): WithQueries<readonly Float64Array[]> {
  return (yield { kind: 'directions', features }) as readonly Float64Array[];
}

/** Queries the squared lengths of the projections of all features on spans. */
export function* queryShares(
  spans: readonly Span[],
  add: (span: number, j: number, share: number) => void,
): WithQueries<void> {
  yield { kind: 'shares', spans, add };
}

/** Queries the frame operator. */
export function* queryFrame(): WithQueries<Float64Array> {
  return (yield { kind: 'frame' }) as Float64Array;
}

/** Runs a computation with queries on an embedding in memory. */
export function answerFromEmbedding<T>(w: Embedding, asking: WithQueries<T>): T {
  const lengths: (Float64Array | undefined)[] = [];
  let step = asking.next();
  while (step.done !== true) step = asking.next(answerOf(w, step.value, lengths));
  return step.value;
}

/** @param lengths spectra of single features that are known: most groups of most divisions are single features. */
function answerOf(
  w: Embedding,
  question: VectorQuery,
  lengths: (Float64Array | undefined)[],
): unknown {
  if (question.kind === 'frame') return frameOperator(w);
  if (question.kind === 'directions')
    return question.features.map((i) => leftSingular(featuresOf(w, [i])).vectors);
  if (question.kind === 'spectra') return spectraOf(w, question.groups, lengths);
  question.spans.forEach(({ vectors, rank }, span) => {
    forEachInBasis(w, vectors, rank, (j, t) => {
      let share = 0;
      for (let k = 0; k < rank; k++) share += t[k] * t[k];
      question.add(span, j, share);
    });
  });
  return undefined;
}

function spectraOf(
  w: Embedding,
  groups: readonly (readonly number[])[],
  lengths: (Float64Array | undefined)[],
): GroupSpectra {
  const none: Float64Array = new Float64Array(0);
  const found = groups.map((group) => {
    if (group.length > 1) return leftSingular(featuresOf(w, group));
    const values = (lengths[group[0]] ??= leftSingular(featuresOf(w, group)).values);
    return { values, vectors: none };
  });
  return {
    spectra: found.map(({ values }) => values),
    bases: found.map(({ vectors }) => vectors),
  };
}

/** The embedding that contains only the given features. */
export function featuresOf(w: Embedding, features: readonly number[]): Embedding {
  const numbers = features.length * w.dims;
  const data =
    w.data instanceof Float32Array ? new Float32Array(numbers) : new Float64Array(numbers);
  features.forEach((i, k) => data.set(w.data.subarray(i * w.dims, (i + 1) * w.dims), k * w.dims));
  return { dims: w.dims, features: features.length, data };
}
