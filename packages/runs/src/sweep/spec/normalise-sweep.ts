import type { KernelName } from '@polysem/engine/kernels';
import type { Json } from '../cell.ts';
import type { Computation } from '../cells/computation.ts';
import type { SweepDocument } from './document.ts';
import { problemAt, type Source } from './source.ts';

/** A document with defaults filled in, and the seeds as a list or a range. */
export interface NormalisedSweep {
  readonly name: string;
  readonly spec: { readonly [key: string]: Json };
  readonly measurements: readonly string[];
  readonly weights: boolean;
  readonly seedAt: (place: number) => number;
  readonly seedCount: number;
}

/**
 * Fills in the defaults of a checked document.
 *
 * @param document the document.
 * @param computation its computation.
 * @param kernel the kernel that trains.
 * @param source its text, for messages.
 * @returns the sweep.
 * @throws UsageError for seeds that repeat or are not exact, and for weights of a computation that has none.
 */
export function normaliseSweep(
  document: SweepDocument,
  { name: compute, usual, weights: encoder }: Computation,
  kernel: KernelName,
  source: Source | null,
): NormalisedSweep {
  const { parameters = {}, axes = [], seeds = [0], measurements = usual } = document;
  const { weights = false, files } = document;
  if (weights && encoder === undefined)
    throw problemAt(source, ['weights'], `${compute} has no weights; leave it out`);
  const range = typeof seeds === 'number' ? { from: 0, count: seeds } : seeds;
  const isList = 'length' in range;
  checkSeeds(range, source);
  const columns = [...new Set(measurements)];
  const own = { compute, parameters, axes, seeds: range, measurements: columns, weights, kernel };
  const spec = files === undefined ? own : { ...own, files };
  return {
    name: document.name ?? 'sweep',
    spec: spec as unknown as NormalisedSweep['spec'],
    measurements: columns,
    weights,
    seedAt: (place) => (isList ? range[place] : range.from + place),
    seedCount: isList ? range.length : range.count,
  };
}

function checkSeeds(
  seeds: readonly number[] | { readonly from: number; readonly count: number },
  source: Source | null,
): void {
  if ('count' in seeds) {
    if (!Number.isSafeInteger(seeds.from + seeds.count))
      throw problemAt(source, ['seeds'], `expected seeds below 2^53, got from: ${seeds.from}`);
    return;
  }
  const seen = new Set<number>();
  const repeated = seeds.findIndex((seed) => seen.size === seen.add(seed).size);
  if (repeated >= 0)
    throw problemAt(
      source,
      ['seeds', repeated],
      `${seeds[repeated]} is listed twice; leave one out`,
    );
}
