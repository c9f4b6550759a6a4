import { elapsedTime } from '@polysem/numerics/clock';
import type { SpectrumState, StreamOptions, StreamSpectrum } from '@polysem/core/streaming';
import type { RunStore } from '../store/run-store.ts';

/** A part of a measurement, and the store that keeps its state and its result. */
export interface KeptPart {
  readonly store: RunStore;
  readonly part: string;
}

/** State of an unfinished measurement: the sums of S so far, or the spectrum. */
type MeasurementState =
  | { readonly begun: SpectrumState; readonly spectrum?: undefined }
  | { readonly spectrum: StreamSpectrum; readonly begun?: undefined };

/** Least time between two saved states, in milliseconds. */
const BETWEEN = 3000;
/** Least ratio of that time to the time that saving takes: saving costs at most 2.5 %. */
const TIMES = 40;

/** The options of `measureStream` that continue from a kept state and keep new ones. */
export type Resuming = Pick<
  StreamOptions,
  'spectrum' | 'begun' | 'onSpectrum' | 'isStateDue' | 'onState'
>;

/**
 * The options that continue a measurement from its kept state and keep new states.
 *
 * @param kept the store, and the name of the part.
 * @param between least time between two saved states, in milliseconds.
 * @returns options for `measureStream`.
 */
export function resumeMeasurement({ store, part }: KeptPart, between: number = BETWEEN): Resuming {
  const state = store.state(part) as MeasurementState | undefined;
  const clock = elapsedTime(() => performance.now());
  let asked = clock();
  let due = asked + between;
  const keep = (next: MeasurementState): void => store.keepState(part, next);
  return {
    spectrum: state?.spectrum,
    begun: state?.begun,
    onSpectrum: (spectrum) => keep({ spectrum }),
    isStateDue: () => {
      asked = clock();
      if (asked < due) return false;
      due = Infinity;
      return true;
    },
    onState: (begun) => {
      keep({ begun });
      const now = clock();
      due = now + Math.max(between, TIMES * (now - asked));
    },
  };
}
