/* oxlint-disable no-await-in-loop -- each question depends on the answers before */
import type { FeatureSource } from '../../embedding/feature-source.ts';
import type {
  WithQueries,
  GroupSpectra,
  VectorQuery,
  Span,
} from '../../geometry/vector-queries.ts';
import { chunkFeatures, chunksOf } from '../chunks.ts';
import { onEveryWorker, type StreamWorkers } from '../workers.ts';
import { allChunks, sumFrame } from '../frame-pass.ts';
import { shareChunks } from '../share-chunks.ts';
import type { StreamHooks } from '../stream-measurement.ts';
import { groupSpectra } from './group-spectra.ts';

/** Runs a search for blocks on vectors that are read in chunks. */
export async function answerQueries<T>(
  source: FeatureSource,
  squaredNorm: Float64Array,
  asking: WithQueries<T>,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<T> {
  let step = asking.next();
  while (step.done !== true) {
    step = asking.next(await answerTo(step.value, source, squaredNorm, workers, hooks));
  }
  return step.value;
}

async function answerTo(
  question: VectorQuery,
  source: FeatureSource,
  squaredNorm: Float64Array,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<unknown> {
  if (question.kind === 'frame') return wholeFrame(source, workers, hooks);
  if (question.kind === 'directions')
    return directionsOf(question.features, source, workers, hooks);
  if (question.kind === 'spectra') return spectraOf(question, source, squaredNorm, workers, hooks);
  const most = Math.max(source.dims, LEAST_ROWS);
  for (let from = 0; from < question.spans.length;) {
    let end = from;
    let rows = 0;
    do rows += question.spans[end++].rank;
    while (end < question.spans.length && rows + question.spans[end].rank <= most);
    const first = from;
    await addShares(question.spans.slice(from, end), source, workers, hooks, (span, j, share) =>
      question.add(first + span, j, share),
    );
    from = end;
  }
  return undefined;
}

/** Number of vectors that features are projected on in one pass, if D is smaller. */
const LEAST_ROWS = 256;

/** The spectrum of a single feature is its length. For other groups, keeps as many vectors as `rankOf` asks for. */
async function spectraOf(
  { groups, rankOf }: Extract<VectorQuery, { kind: 'spectra' }>,
  source: FeatureSource,
  squaredNorm: Float64Array,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<GroupSpectra> {
  const none: Float64Array = new Float64Array(0);
  const spectra = groups.map((group) =>
    group.length === 1 ? Float64Array.of(Math.sqrt(squaredNorm[group[0]])) : none,
  );
  const bases = groups.map(() => none);
  const several = Array.from(groups.keys()).filter((g) => groups[g].length > 1);
  await groupSpectra(
    source,
    several.map((g) => groups[g]),
    workers,
    hooks,
    (place, { values, vectors }) => {
      const g = several[place];
      spectra[g] = values;
      bases[g] = vectors.slice(0, rankOf(values, groups[g].length) * source.dims);
    },
  );
  return { spectra, bases };
}

async function directionsOf(
  features: readonly number[],
  source: FeatureSource,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<readonly Float64Array[]> {
  const directions: Float64Array[] = [];
  const groups = features.map((i) => [i]);
  const quiet: StreamHooks = { signal: hooks.signal };
  await groupSpectra(source, groups, workers, quiet, (place, { vectors }) => {
    directions[place] = vectors.slice(0, source.dims);
  });
  return directions;
}

async function wholeFrame(
  source: FeatureSource,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<Float64Array> {
  const { dims } = source;
  const pass = { source, chunks: allChunks(source), precision: 'float64', stage: 'frame' } as const;
  const { rows: s, scale } = await sumFrame(pass, workers, hooks);
  for (let r = 0; r < dims; r++) {
    for (let c = 0; c <= r; c++) {
      s[r * dims + c] /= scale * scale;
      s[c * dims + r] = s[r * dims + c];
    }
  }
  return s;
}

async function addShares(
  spans: readonly Span[],
  source: FeatureSource,
  workers: StreamWorkers,
  hooks: StreamHooks,
  add: (span: number, j: number, share: number) => void,
): Promise<void> {
  const { dims, features } = source;
  const count = spans.reduce((sum, { rank }) => sum + rank, 0);
  const rows = new Float64Array(count * dims);
  let first = 0;
  for (const { vectors, rank } of spans) {
    rows.set(vectors.subarray(0, rank * dims), first * dims);
    first += rank;
  }
  await onEveryWorker(workers, (worker) =>
    workers.ask(worker, 'openProducts', { dims, count, rows, precision: 'float64' }),
  );
  const addInOrder = inOrder(spans.length, add);
  const chunks = chunksOf(features, chunkFeatures(source));
  await shareChunks(
    {
      source,
      chunks,
      stage: 'blocks',
      task: 'products',
      inputOf: (chunk, taken) => ({ chunk, count: taken }),
    },
    workers,
    hooks,
    (products, from, taken) => {
      const shares = new Float64Array(taken * spans.length);
      for (let f = 0; f < taken; f++) {
        let at = f * count;
        spans.forEach(({ rank }, span) => {
          let share = 0;
          for (let k = 0; k < rank; k++) share += products[at + k] ** 2;
          shares[f * spans.length + span] = share;
          at += rank;
        });
      }
      addInOrder(from, shares);
    },
  );
}

/** Adds the shares of chunks in the order of features, for any order of workers. */
function inOrder(
  spans: number,
  add: (span: number, feature: number, share: number) => void,
): (first: number, shares: Float64Array) => void {
  const waiting = new Map<number, Float64Array>();
  let next = 0;
  return (first, shares) => {
    waiting.set(first, shares);
    for (let known = waiting.get(next); known !== undefined; known = waiting.get(next)) {
      waiting.delete(next);
      const found = known.length / spans;
      for (let f = 0; f < found; f++) {
        for (let span = 0; span < spans; span++) add(span, next + f, known[f * spans + span]);
      }
      next += found;
    }
  };
}
