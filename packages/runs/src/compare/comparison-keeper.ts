import type { ComparisonKeeper } from '@polysem/core/compare';
import { resumeMeasurement, resumeSearch } from '../measure/resume-measurement.ts';
import type { RunStore } from '../store/run-store.ts';

/**
 * Keeps the parts of a comparison in a store.
 *
 * @param store the store.
 * @param between least time between two saved states of a part, in milliseconds.
 * @returns the keeper.
 *
 * @example
 * ```js
 * import { comparisonKeeper } from 'polysem/measure';
 * import { openStore } from 'polysem/runs';
 * const store = openStore('.polysem-journal-compare', 'two files');
 * const keeper = comparisonKeeper(store);
 * keeper.finished('a') === undefined; // true
 * ```
 */
export function comparisonKeeper(store: RunStore, between?: number): ComparisonKeeper {
  return {
    finished: (part) => store.finished(part),
    finish: (part, value) => store.finish(part, value),
    measuring: (part) => resumeMeasurement({ store, part }, between),
    matching: () => resumeSearch({ store, part: 'pairs' }, between),
  };
}
