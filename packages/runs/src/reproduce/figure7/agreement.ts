import { firstRise, type Crossing, type GridDiagram } from '@polysem/engine/phase';
import {
  isOfPanel,
  publishedCrossings,
  type Figure7Panel,
  type PublishedValue,
} from './published.ts';

/** Where one density of a panel agrees with the published figure. */
export interface Agreement {
  readonly density: number;
  readonly isNoisy: boolean;
  readonly ignoredUpTo: ComparedCrossing;
  readonly fullFrom: ComparedCrossing;
}

/** A crossing beside the published one. */
export interface ComparedCrossing {
  readonly measured: Crossing;
  readonly published: PublishedValue;
  /**
   * log10 of measured / published: 0 where the published one is an edge of the range and the measured one lies at it or
   * beyond.
   */
  readonly decades: number;
}

/** How far, in decades, a crossing may be from the published one to agree with it. */
export const AGREES_WITHIN = 0.15;

/** Compares the rows of a diagram at the densities that were measured. */
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

/** Values read off the edge of the picture are known to the width of its pixels. */
const EDGE = 1.12;

function decadesApart(measured: Crossing, published: PublishedValue): number {
  const { value } = published;
  if (published.kind === 'atMost' && measured.value <= value * EDGE) return 0;
  if (published.kind === 'atLeast' && measured.value >= value / EDGE) return 0;
  return Math.log10(measured.value / value);
}

/** The fraction of crossings that agree, and the mean distance in decades; noisy ones left out unless asked for. */
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
