import { atMost, brief, counted, equal, type Unplaced } from '../claim.ts';
import { STANDARD_ERRORS, type LossFacts } from './loss-facts.ts';

/** Claims of sections 3.1 to 3.3 about the loss of the quadratic model. */
// Long because it lists six claims, one after the other.
export function lossClaims(facts: LossFacts): Unplaced[] {
  const these = `${facts.draws} random networks`;
  return [
    atMost(
      {
        id: 'loss-sampled',
        claim: `Equation 12 is the error of a network: over ${counted(facts.samples)} sampled inputs the two differ by ${brief(facts.sampled)} standard errors`,
        source: 'section 3, equation 12',
      },
      facts.sampled,
      STANDARD_ERRORS,
    ),
    atMost(
      {
        id: 'loss-trained',
        claim: `Equation 12, with one kurtosis per feature, is the loss that our networks are trained on (${these}, largest relative difference: ${brief(facts.pairs)})`,
        source: 'docs/theory.md section 3',
        origin: 'polysem',
      },
      facts.pairs,
      1e-12,
    ),
    atMost(
      {
        id: 'loss-capacities',
        claim: `The loss depends on the weights only through lengths and capacities: equation 13 equals equation 12 in ${these} (largest relative difference: ${brief(facts.capacities)})`,
        source: 'section 3, equation 13',
      },
      facts.capacities,
      1e-11,
    ),
    atMost(
      {
        id: 'loss-norm',
        claim: `At a given capacity the best squared length is (k - 1) v C / (2 + (k - 3) C): a numerical search ends within ${brief(facts.norm)} of it`,
        source: 'section 3, equation 13',
      },
      facts.norm,
      // A search by values finds a minimum to about the square root of rounding.
      1e-6,
    ),
    atMost(
      {
        id: 'loss-derivative',
        claim: `The marginal benefit -dL/dC is 2 (n / C)^2: a numerical derivative agrees within ${brief(facts.derivative)}`,
        source: 'section 3, equation 14',
      },
      facts.derivative,
      // The error of a central difference of step 1e-4 relative to the derivative: step^2 l''' / (6 l') < 1e-4 for k <= 40.
      1e-4,
    ),
    equal(
      {
        id: 'loss-thresholds',
        claim: `A feature is ignored up to (k - 1) v / 2 = lambda and full from v = lambda: ${facts.misplaced} exceptions among the features of ${these}`,
        source: 'section 3, equations 17 and 18',
      },
      0,
      facts.misplaced,
    ),
  ];
}

/** The claim of section 3.5 about sampled inputs. */
export function kurtosisClaim({ samples, kurtosis }: LossFacts): Unplaced {
  return atMost(
    {
      id: 'sparse-kurtosis',
      claim: `Sparse uniform inputs have kurtosis 9 / (5 p): the mean of x^4 over ${counted(samples)} samples differs by ${brief(kurtosis)} standard errors`,
      source: 'section 3.5',
    },
    kurtosis,
    STANDARD_ERRORS,
  );
}
