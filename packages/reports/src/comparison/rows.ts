import type { Comparison } from '@polysem/core/compare';
import { cosineWord } from './wording.ts';

/** A figure of a comparison: its value, and that of random directions; null where it is not known. */
export interface ComparedFigure {
  readonly name: string;
  readonly value: number;
  readonly chance: number | null;
  /** Standard deviation of the value for random directions. */
  readonly spread?: number | null;
}

/** The figures of a comparison in the order in which text and pages list them. */
export function comparedFigures(comparison: Comparison): ComparedFigure[] {
  const { a, b, similarity, chance, threshold, mcc, mmcs, gram, span, signs } = comparison;
  const word = cosineWord(comparison);
  const largest = mmcs !== null && signs === 'fixed' ? 'MMCS' : `mean largest ${word}`;
  return [
    ...(similarity === null
      ? []
      : [
          {
            name: `mean ${word} of the pairs`,
            value: similarity.meanCosine,
            chance: chance?.meanCosine ?? null,
            spread: chance?.standardDeviation ?? null,
          },
          { name: `median ${word}`, value: similarity.medianCosine, chance: null },
          {
            name: `pairs above ${threshold}`,
            value: similarity.shared / comparison.pairs.a.length,
            chance: chance?.shareAbove ?? null,
          },
          { name: `features of A above ${threshold}`, value: similarity.shareOfA, chance: null },
          { name: `features of B above ${threshold}`, value: similarity.shareOfB, chance: null },
        ]),
    ...(mcc === null ? [] : [{ name: 'MCC, mean matched |cosine|', value: mcc, chance: null }]),
    ...(a.meanLargest === null || b.meanLargest === null
      ? []
      : [
          { name: `${largest}, A in B`, ...a.meanLargest },
          { name: `${largest}, B in A`, ...b.meanLargest },
        ]),
    ...(mmcs === null || signs === 'fixed'
      ? []
      : [
          { name: 'MMCS, A in B', value: mmcs.a, chance: null },
          { name: 'MMCS, B in A', value: mmcs.b, chance: null },
        ]),
    ...(gram === null
      ? []
      : [
          { name: 'cosine of Gram matrices', value: gram.cosine, chance: gram.chance },
          ...(gram.cka === null ? [] : [{ name: 'linear CKA', value: gram.cka, chance: null }]),
        ]),
    ...(span === null
      ? []
      : [{ name: 'overlap of the spans', value: span.overlap, chance: span.chance }]),
  ];
}
