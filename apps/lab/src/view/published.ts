import type { PublishedValue } from '@polysem/engine/phase';
import { percent, short } from './words.ts';

/** A crossing of the published Figure 7. */
export interface PublishedMark {
  /** Capacity of feature 0 at the crossing. */
  readonly level: 0.1 | 0.9;
  /** As in the report: feature 0 is ignored up to i, and full from f. */
  readonly letter: 'i' | 'f';
  readonly density: number;
  /** Importance of feature 0. */
  readonly published: PublishedValue;
  /** True if the published panel is noisy there. */
  readonly isNoisy: boolean;
}

/** A crossing in a sentence. */
export function publishedText({ level, density, published, isNoisy }: PublishedMark): string {
  const { kind, value } = published;
  const bound = kind === 'atMost' ? 'at most ' : kind === 'atLeast' ? 'at least ' : '';
  const noise = isNoisy ? ' (noisy there)' : '';
  return `Published: C passes ${level} at importance ${bound}${short(value, 2)}, density ${percent(density)}${noise}.`;
}

/** The index of the value nearest to another in ratio. */
export function nearestTo(values: readonly number[], wanted: number): number {
  const away = (value: number): number => Math.abs(Math.log(value / wanted));
  return values.reduce((best, value, k) => (away(value) < away(values[best]) ? k : best), 0);
}
