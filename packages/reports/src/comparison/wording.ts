import type { Comparison, Pairing } from '@polysem/core/compare';
import { counted } from '../text/counted.ts';

/** The pairing of features in words. */
const PAIRINGS: Readonly<Record<Pairing, string>> = {
  'one-to-one': 'one to one, with the largest sum of cosines',
  mutual: 'mutual nearest neighbours',
  order: 'in the same order',
  names: 'with the same name',
};

/** The cosine that was compared: `cosine`, or `|cosine|` with free signs. */
export function cosineWord({ signs }: Pick<Comparison, 'signs'>): string {
  return signs === 'free' ? '|cosine|' : 'cosine';
}

/** `100 pairs, one to one, with the largest sum of cosines; B turned onto A`. */
export function pairingText({ pairs, pairing, aligned, signs }: Comparison): string {
  const how = PAIRINGS[pairing].replace('cosines', signs === 'free' ? '|cosines|' : 'cosines');
  return `${counted(pairs.a.length, 'pair')} ${how}${aligned ? '; B turned onto A' : ''}`;
}

/**
 * Warns that the pairs are about as similar as random directions, says why that may be, and what to try. Empty otherwise.
 */
export function chanceWarning(comparison: Comparison): string {
  const { isNearChance, aligned, pairing, gram } = comparison;
  if (!isNearChance) return '';
  const near = 'Near chance: the pairs are about as similar as those of random directions';
  if (aligned) return `${near} that were turned onto each other.`;
  const turned =
    'Two spaces that were trained from different seeds have no axes in common, and then these cosines say nothing.';
  if (pairing !== 'order' && pairing !== 'names')
    return `${near}. ${turned} If the features have the same order or names, compare inner products and turn B onto A with --by order --align or --by names --align.`;
  const inner =
    gram !== null && gram.cosine > gram.chance + (1 - gram.chance) / 4
      ? ` The Gram matrices, which do not depend on axes, agree more than by chance (${gram.cosine.toPrecision(3)} against ${gram.chance.toPrecision(3)}).`
      : '';
  return `${near}. ${turned}${inner} Add --align to turn B onto A first.`;
}
