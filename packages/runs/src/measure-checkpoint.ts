import type {
  SpectrumState,
  StreamMeasurement,
  StreamOptions,
  StreamSpectrum,
} from '@polysem/core/streaming';
import { dropNumbers, keepNumbers, readNumbers, type Kept } from './number-file.ts';

/** File that keeps the expensive parts of a measurement, in case it is interrupted. */
export interface MeasureCheckpoint {
  readonly path: string;
  /**
   * Identity of source, treatment and precision together; state with another identity is ignored.
   */
  readonly identity: string;
  /**
   * True to keep the result too, until `dropMeasurement`, for a measurement that is part of
   * unfinished work. Otherwise everything is removed at the end.
   */
  readonly keepsResult?: boolean | undefined;
}

/**
 * Least time between two saved states, in milliseconds, and the least ratio of that time to the
 * time that saving takes (40: saving costs at most 2.5 %).
 */
const BETWEEN = 3000;
const TIMES = 40;

/** The options of `measureStream` that resume from a checkpoint and write one. */
export type Resuming = Pick<
  StreamOptions,
  'spectrum' | 'begun' | 'onSpectrum' | 'isStateDue' | 'onState'
>;

/**
 * The saved result of a measurement, or the options that resume it and save its state.
 *
 * @param checkpoint file and identity.
 * @param between least time between two saved states, in milliseconds.
 */
export function resumeMeasurement(
  { path, identity }: MeasureCheckpoint,
  between: number = BETWEEN,
): StreamMeasurement | Resuming {
  const kept = readNumbers(path, identity);
  if (kept?.kind === 'measured') return kept.value as unknown as StreamMeasurement;
  let asked = performance.now();
  let due = asked + between;
  return {
    spectrum: kept?.kind === 'spectrum' ? (kept.value as unknown as StreamSpectrum) : undefined,
    begun: kept?.kind === 'state' ? (kept.value as unknown as SpectrumState) : undefined,
    onSpectrum: (spectrum) => keep({ path, identity }, 'spectrum', spectrum),
    isStateDue: () => {
      asked = performance.now();
      if (asked < due) return false;
      due = Infinity;
      return true;
    },
    onState: (state) => {
      keep({ path, identity }, 'state', state);
      const now = performance.now();
      due = now + Math.max(between, TIMES * (now - asked));
    },
  };
}

/** True if the result itself was saved. */
export function isResult(kept: StreamMeasurement | Resuming): kept is StreamMeasurement {
  return 'capacity' in kept;
}

/** Saves a value, replacing everything that was saved before. */
export function keep(
  { path, identity }: Pick<MeasureCheckpoint, 'path' | 'identity'>,
  kind: 'state' | 'spectrum' | 'measured' | 'neighbours',
  value: object,
): void {
  keepNumbers(path, identity, kind, value as Kept);
}

/**
 * Removes everything that was saved, once the work that it is part of is finished.
 *
 * @param checkpoint file of the measurement.
 */
export function dropMeasurement({ path }: Pick<MeasureCheckpoint, 'path'>): void {
  dropNumbers(path);
}
