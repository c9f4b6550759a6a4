import { inSection, type Claim } from '../claim.ts';
import { paperSections } from '../paper-sections.ts';
import { allocationClaims } from './allocation-claims.ts';
import { allocationFacts, type AllocationFacts } from './allocation-facts.ts';
import { capacityFactClaims, capacityFacts, type CapacityFacts } from './capacity-facts.ts';
import { kurtosisClaim, lossClaims } from './loss-claims.ts';
import { lossFacts, type LossFacts } from './loss-facts.ts';
import { phaseClaims } from './phase-claims.ts';
import { phaseFacts, type PhaseFacts } from './phase-facts.ts';
import { readoutClaims } from './readout-claims.ts';
import { readoutFacts, type ReadoutFacts } from './readout-facts.ts';

/** Statements of sections 2 and 3 and of appendices E and G, tested in a second way each. */
export interface Equations {
  readonly capacity: CapacityFacts;
  readonly allocation: AllocationFacts;
  readonly loss: LossFacts;
  readonly phase: PhaseFacts;
  readonly readout: ReadoutFacts;
}

/**
 * Tests the equations of the paper on random matrices, problems and sampled inputs.
 *
 * @param draws random matrices, networks and problems of each kind.
 * @param seed decides all random numbers.
 * @returns the largest deviations.
 *
 * @example
 * ```js
 * import { equations } from 'polysem/reproduce';
 * equations(4, 0).phase.stable; // 20
 * ```
 */
export function equations(draws: number, seed: number): Equations {
  return {
    capacity: capacityFacts(draws, seed),
    allocation: allocationFacts(draws, seed),
    loss: lossFacts(draws, seed),
    phase: phaseFacts(seed),
    readout: readoutFacts(draws, seed),
  };
}

/**
 * Claims about the equations of the paper.
 *
 * @param result from {@link equations}.
 * @returns the claims in the order of the paper.
 *
 * @example
 * ```js
 * import { equations, equationClaims } from 'polysem/reproduce';
 * equationClaims(equations(4, 0)).every(({ pass }) => pass); // true
 * ```
 */
export function equationClaims(result: Equations): Claim[] {
  return [
    ...inSection(paperSections.allocation, [
      ...capacityFactClaims(result.capacity),
      ...allocationClaims(result.allocation),
    ]),
    ...inSection(paperSections.quadratic, lossClaims(result.loss)),
    ...inSection(paperSections.phases, [...phaseClaims(result.phase), kurtosisClaim(result.loss)]),
    ...inSection(paperSections.appendices, readoutClaims(result.readout)),
  ];
}
