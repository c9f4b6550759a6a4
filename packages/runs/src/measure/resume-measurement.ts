import type {
  NeighbourState,
  ResumableSearch,
  SpectrumState,
  StreamOptions,
  StreamSpectrum,
} from '@polysem/core/streaming';
import type { RunStore } from '../store/run-store.ts';
import { stateTimer } from './state-timer.ts';

/** A part of a measurement, and the store that keeps its state and its result. */
export interface KeptPart {
  readonly store: RunStore;
  readonly part: string;
}

/** State of an unfinished measurement: the sums of S so far, or the spectrum. */
type MeasurementState =
  | { readonly begun: SpectrumState; readonly spectrum?: undefined }
  | { readonly spectrum: StreamSpectrum; readonly begun?: undefined };

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
export function resumeMeasurement({ store, part }: KeptPart, between?: number): Resuming {
  const state = store.state(part) as MeasurementState | undefined;
  const { isStateDue, saved } = stateTimer(between);
  const keep = (next: MeasurementState): void => store.keepState(part, next);
  return {
    spectrum: state?.spectrum,
    begun: state?.begun,
    onSpectrum: (spectrum) => keep({ spectrum }),
    isStateDue,
    onState: (begun) => {
      keep({ begun });
      saved();
    },
  };
}

/**
 * The options that continue a search for neighbours from its kept state and keep new states.
 *
 * @param kept the store, and the name of the part.
 * @param between least time between two saved states, in milliseconds.
 * @returns options for `streamNeighbours` and `compareFeatures`.
 */
export function resumeSearch(
  { store, part }: KeptPart,
  between?: number,
): Pick<ResumableSearch, 'begun' | 'isStateDue' | 'onState'> {
  const { isStateDue, saved } = stateTimer(between);
  return {
    begun: store.state(part) as NeighbourState | undefined,
    isStateDue,
    onState: (state) => {
      store.keepState(part, state);
      saved();
    },
  };
}
