// One mutant: a seed with one of its files damaged.

import { damage } from './damage.mjs';
import { PARSERS } from './parsers.mjs';
import { drawsOf } from './random.mjs';

/**
 * Makes a mutant. The same arguments give the same bytes.
 *
 * @param seeds the seeds of the parser (see seeds.mjs).
 * @returns {{ origin: number, part: number, bytes: Uint8Array }} the seed, the damaged file of it, and the new bytes.
 */
export function mutant(parser, seeds, seed, index) {
  const draws = drawsOf(seed, parser, index);
  const origin = draws.below(seeds.length);
  const part = draws.below(seeds[origin].length);
  const { bytes } = seeds[origin][part];
  const { inside } = PARSERS[parser];
  const isInside = inside !== undefined && draws.chance(0.5);
  return { origin, part, bytes: isInside ? inside(bytes, draws, damage) : damage(bytes, draws) };
}

/** The files of a mutant: those of its seed, one of them damaged. */
export function filesOf(seeds, { origin, part, bytes }) {
  return seeds[origin].map((file, i) => (i === part ? { ...file, bytes } : file));
}
