import {
  type Crossing,
  type Figure7Panel,
  firstRise,
  type GridDiagram,
  isOfPanel,
  publishedCrossings,
  type PublishedValue,
} from '@polysem/engine/phase';

/** One row of a panel compared with the published figure. */
export interface Agreement {
  readonly density: number;
  readonly isNoisy: boolean;
  readonly ignoredUpTo: ComparedCrossing;
  readonly fullFrom: ComparedCrossing;
}

/** A crossing and the published one. */
export interface ComparedCrossing {
  readonly measured: Crossing;
  readonly published: PublishedValue;
  /** log10(measured / published). 0 if the published value is a bound and the measured one satisfies it. */
  readonly decades: number;
}

/** Largest distance, in decades, at which a crossing agrees with the published one. */
export const AGREES_WITHIN = 0.15;

/** Compares a diagram with the published panel, at the densities where that was measured. */
export function agreement(panel: Figure7Panel, diagram: GridDiagram): Agreement[] {
  const { x, y } = diagram.spec;
  const columns = x.values.length;
  return publishedCrossings
    .filter((one) => isOfPanel(one, panel))
    .flatMap(({ density, isNoisy, ignoredUpTo, fullFrom }) => {
      const row = y.values.indexOf(density);
      if (row < 0) return [];
      const capacity = diagram.capacity.subarray(row * columns, (row + 1) * columns);
      const compare = (published: PublishedValue, level: number): ComparedCrossing => {
        const measured = firstRise(capacity, x.values, level);
        return { measured, published, decades: decadesApart(measured, published) };
      };
      return [
        {
          density,
          isNoisy,
          ignoredUpTo: compare(ignoredUpTo, 0.1),
          fullFrom: compare(fullFrom, 0.9),
        },
      ];
    });
}

/** Tolerance, as a ratio, for values at the edge of the published plot: the width of its pixels. */
const EDGE = 1.12;

/** log10(measured / published), 0 if the published value is a bound that the measured one satisfies. */
export function decadesApart(measured: Pick<Crossing, 'value'>, published: PublishedValue): number {
  const { value } = published;
  if (published.kind === 'atMost' && measured.value <= value * EDGE) return 0;
  if (published.kind === 'atLeast' && measured.value >= value / EDGE) return 0;
  return Math.log10(measured.value / value);
}

/** Counts crossings, and those that agree, with the mean distance in decades. Excludes noisy rows unless `withNoisy`. */
export function summariseAgreement(
  rows: readonly Agreement[],
  withNoisy = false,
): { readonly crossings: number; readonly agree: number; readonly meanDecades: number } {
  const decades = rows
    .filter(({ isNoisy }) => withNoisy || !isNoisy)
    .flatMap(({ ignoredUpTo, fullFrom }) => [ignoredUpTo.decades, fullFrom.decades])
    .map(Math.abs);
  const sum = decades.reduce((a, b) => a + b, 0);
  return {
    crossings: decades.length,
    agree: decades.filter((d) => d <= AGREES_WITHIN).length,
    meanDecades: decades.length === 0 ? NaN : sum / decades.length,
  };
}
