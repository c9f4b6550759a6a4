/** What the one who audits knows of where the numbers come from. */
export interface AuditContext {
  /** What stands for importance: a column's name, or 'explained' for the share of the reconstruction's variance. */
  readonly importanceFrom?: string;
  /** Whether importances were computed from the very vectors whose capacity was measured. */
  readonly importanceUsesVectors?: boolean;
  /** The shape from which kurtosis was derived by density, where it was. */
  readonly kurtosisShape?: string;
  /** Whether vectors were scaled so that activations have mean square 1, as the theory takes them. */
  readonly unitVariance?: boolean;
  /** Whether lengths are those that norms were folded into, and not as stored. */
  readonly isFolded?: boolean;
  /** sum C / rank of the vectors: 1 for the efficient matrices that the theory is about. */
  readonly efficiency?: number;
}

/** One thing that an audit does not show, or takes for granted. */
export interface Limit {
  readonly name: string;
  readonly text: string;
}

/** What an audit does not show, in plain words: what always holds, and what holds of this one. */
export function limitsOf(context: AuditContext = {}): Limit[] {
  const {
    importanceFrom,
    importanceUsesVectors,
    kurtosisShape,
    unitVariance,
    isFolded,
    efficiency,
  } = context;
  const limits: Limit[] = [
    {
      name: 'model',
      text: 'The rule is that of a quadratic model with one hidden layer and squared error. A network that was trained is not that model, and other models share capacity by other rules.',
    },
    {
      name: 'independence',
      text: 'The theory takes features to be independent of each other, with mean 0 and variance 1. Features of real models are correlated, and those that are active together or never together share dimensions otherwise.',
    },
    {
      name: 'importance',
      text: `${importanceFrom === undefined ? 'Importance' : `Importance (here: ${importanceFrom})`} is a guess. The theory means by it what the loss gives for a feature, which nobody knows of a real model. A common factor does not matter, a power does.`,
    },
    {
      name: 'features',
      text: 'Features of a sparse autoencoder, tokens or neurons are not the features that the model computes with: some are split, some merged, some missing.',
    },
    {
      name: 'use',
      text: 'Capacity is measured on the geometry of the vectors alone: not on how the model reads or uses them, nor on interference that happens.',
    },
    {
      name: 'one price',
      text: 'One price is fitted for all features, as if they shared one budget. A part of a network that serves several ends has none.',
    },
    {
      name: 'cause',
      text: 'A correlation is no cause: norm, frequency and training time move importance and capacity together, too.',
    },
    {
      name: 'intervals',
      text: 'Intervals and the permutation test take features for independent draws. All of them share one space, so that their capacities depend on each other, and the intervals are too narrow by an unknown amount.',
    },
  ];
  if (importanceUsesVectors === true) {
    limits.push({
      name: 'circular',
      text: 'Importance was computed from the vectors whose capacity is measured: a longer vector has a larger capacity and a larger importance by arithmetic. Compare with the prediction that is proportional to importance.',
    });
  }
  if (kurtosisShape !== undefined) {
    limits.push({
      name: 'kurtosis',
      text: `Kurtosis was not measured but follows from frequency, as if all active values were ${kurtosisShape}: capacity against kurtosis then is capacity against frequency.`,
    });
  }
  if (unitVariance === false) {
    limits.push({
      name: 'scale',
      text: `The theory measures vectors of features of variance 1. These vectors were taken ${isFolded === true ? 'with norms folded, which makes the lengths a convention' : 'as stored'}; if activations differ in size, scale the vectors by the root mean square of their activations.`,
    });
  }
  if (isFolded === true) {
    limits.push({
      name: 'folding',
      text: 'The vectors were folded: sizes of activations that were given must be those of the folded autoencoder, activations times the norms of its decoder vectors. If they were recorded with the weights as stored, measure the vectors as stored.',
    });
  }
  if (efficiency !== undefined && efficiency < 0.9) {
    limits.push({
      name: 'efficiency',
      text: `Capacities sum to ${(100 * efficiency).toFixed(0)} % of the rank, where the theory's optimum has 100 %: the price here pays for what interference takes too.`,
    });
  }
  return limits;
}
