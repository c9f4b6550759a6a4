import { equationClaims, equations } from '@polysem/runs/reproduce';
import type { ReportPart } from './section.ts';

/**
 * Tests the equations of sections 2 and 3 and of the appendices on random matrices, problems and sampled inputs.
 *
 * @param draws random matrices, networks and problems of each kind.
 * @param seed decides all random numbers.
 * @returns claims and results; no figures.
 *
 * @example
 * ```js
 * import { equationsPart } from 'polysem/reports';
 * equationsPart(4, 0).claims.every(({ pass }) => pass); // true
 * ```
 */
export function equationsPart(draws: number, seed: number): ReportPart {
  const result = equations(draws, seed);
  const claims = equationClaims(result);
  const held = claims.filter(({ pass }) => pass).length;
  return {
    found: {
      lead: 'The equations.',
      text: `${held === claims.length ? `All ${held}` : `${held} of ${claims.length}`} statements about capacity, its best allocation and the loss hold when computed in a second way: by exhaustive search, by numerical derivatives, over ${result.loss.samples / 1000} thousand sampled inputs, and on ${draws} random matrices and problems of each kind.`,
    },
    sections: [],
    tables: [],
    claims,
    results: result,
  };
}
