import type {
  SpectrumState,
  StreamMeasurement,
  StreamOptions,
  StreamSpectrum,
} from '@polysem/core/streaming';
import { dropNumbers, keepNumbers, readNumbers, type Kept } from './number-file.ts';

/** Where a measurement keeps what it would take long to find again, should it be cut off. */
export interface MeasureCheckpoint {
  readonly path: string;
  /** Of source, treatment and precision together: what was kept under another is not taken. */
  readonly identity: string;
  /**
   * Keeps the result too, until `dropMeasurement`: it is a part of something that is not finished. Else all that was kept
   * is removed with the end.
   */
  readonly keepsResult?: boolean | undefined;
}

/** The least time between two states, in milliseconds, and how much longer it is than keeping one takes: 2.5 %. */
const BETWEEN = 3000;
const TIMES = 40;

/** What of `measureStream` goes on from a checkpoint. */
export type Resuming = Pick<
  StreamOptions,
  'spectrum' | 'begun' | 'onSpectrum' | 'isStateDue' | 'onState'
>;

/**
 * What was kept of a measurement: its result, or what it goes on from and keeps on its way.
 *
 * @param between the least time between two states, in milliseconds.
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

/** Whether the result itself was kept. */
export function isResult(kept: StreamMeasurement | Resuming): kept is StreamMeasurement {
  return 'capacity' in kept;
}

/** Keeps a value in the place of all that was kept before. */
export function keep(
  { path, identity }: Pick<MeasureCheckpoint, 'path' | 'identity'>,
  kind: 'state' | 'spectrum' | 'measured' | 'neighbours',
  value: object,
): void {
  keepNumbers(path, identity, kind, value as Kept);
}

/** Removes all that was kept: what it is a part of is finished. */
export function dropMeasurement({ path }: Pick<MeasureCheckpoint, 'path'>): void {
  dropNumbers(path);
}
