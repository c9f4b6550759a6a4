import type { Embedding } from '../embedding/embedding.ts';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { frameOperator } from '../embedding/frame-operator.ts';
import { leftSingular } from '../embedding/singular.ts';

/*
 * What the search for blocks needs to know of the vectors themselves. The search is written down once, as a generator that
 * yields questions; whoever has the vectors answers: at once from memory, or block by block from a source.
 */

/** Vectors that features are projected on, orthonormal rows. */
export interface Span {
  readonly vectors: Float64Array;
  /** So many of them, from the first on. */
  readonly rank: number;
}

/** Singular values of some groups of features. */
export interface GroupSpectra {
  /** Largest first. */
  readonly spectra: readonly Float64Array[];
  /** Left singular vectors as rows, at least as many as `rankOf` says; those of a lone feature may be missing. */
  readonly bases: readonly Float64Array[];
}

/** One thing to be found out about the vectors. */
export type Question =
  | {
      readonly kind: 'spectra';
      readonly groups: readonly (readonly number[])[];
      /** How many of the vectors of a group are wanted. */
      readonly rankOf: (spectrum: Float64Array, features: number) => number;
    }
  | {
      readonly kind: 'shares';
      readonly spans: readonly Span[];
      /** Hears of |P w_j|^2, P the projection on a span, for each span and feature; features in order. */
      readonly add: (span: number, j: number, share: number) => void;
    }
  /** S = W W^T. */
  | { readonly kind: 'frame' };

/** A computation that asks. */
export type Asking<T> = Generator<Question, T, unknown>;

/** Asks for the spectra of groups. */
export function* askSpectra(
  groups: readonly (readonly number[])[],
  rankOf: (spectrum: Float64Array, features: number) => number,
): Asking<GroupSpectra> {
  return (yield { kind: 'spectra', groups, rankOf }) as GroupSpectra;
}

/** Asks for the shares of all features in spans. */
export function* askShares(
  spans: readonly Span[],
  add: (span: number, j: number, share: number) => void,
): Asking<void> {
  yield { kind: 'shares', spans, add };
}

/** Asks for the frame operator. */
export function* askFrame(): Asking<Float64Array> {
  return (yield { kind: 'frame' }) as Float64Array;
}

/** Runs a computation on vectors in memory. */
export function answeredBy<T>(w: Embedding, asking: Asking<T>): T {
  let step = asking.next();
  while (step.done !== true) step = asking.next(answerOf(w, step.value));
  return step.value;
}

function answerOf(w: Embedding, question: Question): unknown {
  if (question.kind === 'frame') return frameOperator(w);
  if (question.kind === 'spectra') {
    const found = question.groups.map((group) => leftSingular(featuresOf(w, group)));
    return {
      spectra: found.map(({ values }) => values),
      bases: found.map(({ vectors }) => vectors),
    } satisfies GroupSpectra;
  }
  question.spans.forEach(({ vectors, rank }, span) => {
    forEachInBasis(w, vectors, rank, (j, t) => {
      let share = 0;
      for (let k = 0; k < rank; k++) share += t[k] * t[k];
      question.add(span, j, share);
    });
  });
  return undefined;
}

/** The embedding of some features alone. */
export function featuresOf(w: Embedding, features: readonly number[]): Embedding {
  const numbers = features.length * w.dims;
  const data =
    w.data instanceof Float32Array ? new Float32Array(numbers) : new Float64Array(numbers);
  features.forEach((i, k) => data.set(w.data.subarray(i * w.dims, (i + 1) * w.dims), k * w.dims));
  return { dims: w.dims, features: features.length, data };
}
