import { figure7 } from './figure7.ts';
import { phaseThreeTwo, phaseTwoOne } from './phase-changes.ts';
import { powerLawWidth } from './power-law-width.ts';
import type { Recipe } from './recipe.ts';
import { tenDensities } from './ten-densities.ts';

/** The recipes, the smallest first. */
export const recipes: readonly Recipe[] = [
  tenDensities,
  phaseTwoOne,
  phaseThreeTwo,
  powerLawWidth,
  figure7,
];
