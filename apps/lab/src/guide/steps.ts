import type { Step } from './step.ts';
import { oneFeature } from './steps/1-one-feature.ts';
import { twoInOne } from './steps/2-two-in-one.ts';
import { overlapCosts } from './steps/3-overlap-costs.ts';
import { theBudget } from './steps/4-the-budget.ts';
import { thePrice } from './steps/5-the-price.ts';
import { theMap } from './steps/6-the-map.ts';
import { theCliff } from './steps/7-the-cliff.ts';
import { anyArchitecture } from './steps/8-any-architecture.ts';
import { aRealModel } from './steps/9-a-real-model.ts';

/** The guided path. */
export const steps: readonly Step[] = [
  oneFeature,
  twoInOne,
  overlapCosts,
  theBudget,
  thePrice,
  theMap,
  theCliff,
  anyArchitecture,
  aRealModel,
];
