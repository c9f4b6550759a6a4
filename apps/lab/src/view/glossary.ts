/** One sentence for each word that the page explains. The glossary of the documentation begins its entries with these. */
export const glossary = {
  capacity: 'Fraction of a dimension that feature i has to itself.',
  leverage: 'The largest capacity that feature i could have by a linear change of basis.',
  density: 'P(active): the probability that a feature is not zero.',
  importance: 'Weight of feature i in the loss.',
  price: 'The marginal benefit that all features with partial capacity share at the optimum.',
  'marginal benefit': 'Decrease of the loss per dimension of capacity that a feature gains.',
  block: 'A set of features that share a subspace with no other feature.',
  budget: 'The D dimensions that all capacities together can use at most.',
  kurtosis:
    'How rare and how large the values of a feature are: E[x^4] / E[x^2]^2, zeros included.',
  overlap:
    'Inner products between vectors of features; what it takes from the sum of capacities is lost.',
  efficient: 'Said of an embedding whose capacities sum to its rank, so that nothing is lost.',
  certificate: 'A proven lower bound on the loss; an allocation whose loss meets it is optimal.',
  restart: 'One training of an instance from its own random initial weights.',
  hold: 'To fix the capacity of one feature and train everything else.',
  phase: 'Whether a feature has capacity 0, between 0 and 1, or 1.',
} as const;

/** A word that the page explains. */
export type Term = keyof typeof glossary;
