/** Origin of the audited numbers, as far as the caller knows it. */
export interface AuditContext {
  /** Source of the importances: a column's name, or 'explained' for the fraction of the reconstruction's variance. */
  readonly importanceFrom?: string;
  /** True if importances were computed from the same vectors as the capacities. */
  readonly importanceUsesVectors?: boolean;
  /** Value distribution from which kurtosis was derived by density, if it was. */
  readonly kurtosisShape?: string;
  /** True if vectors were scaled so that activations have mean square 1, as the theory assumes. */
  readonly unitVariance?: boolean;
  /** True if norms were folded into the vectors, so that lengths are not those stored. */
  readonly isFolded?: boolean;
  /** sum C / rank of the vectors; 1 for the efficient matrices that the theory describes. */
  readonly efficiency?: number;
}

/** One limit of an audit: something that it does not show, or assumes. */
export interface Limit {
  readonly name: string;
  readonly text: string;
}

/**
 * The limits of an audit in plain words: those that always hold, then those that follow from the context.
 *
 * @param context origin of the numbers; without it only the general limits are listed.
 * @returns each limit with a short name and a text.
 */
export function limitsOf(context: AuditContext = {}): Limit[] {
  const {
    importanceFrom,
    importanceUsesVectors,
    kurtosisShape,
    unitVariance,
    isFolded,
    efficiency,
  } = context;
  const limits = generalLimits(importanceFrom);
  if (importanceUsesVectors === true) {
    limits.push({
      name: 'circular',
      text: 'Importance was computed from the vectors whose capacity is measured: by arithmetic alone, a longer vector has both a larger capacity and a larger importance. Compare with the prediction that is proportional to importance.',
    });
  }
  if (kurtosisShape !== undefined) {
    limits.push({
      name: 'kurtosis',
      text: `Kurtosis was not measured; it was derived from frequency, as if all active values were ${kurtosisShape}. Capacity against kurtosis is then capacity against frequency.`,
    });
  }
  if (unitVariance === false) {
    limits.push({
      name: 'scale',
      text: `The theory assumes features of variance 1. These vectors were taken ${isFolded === true ? 'with norms folded, which makes their lengths a convention' : 'as stored'}. If activations differ in size, scale the vectors by the root mean square of their activations.`,
    });
  }
  if (isFolded === true) {
    limits.push({
      name: 'folding',
      text: 'Norms were folded into the vectors: activation sizes that were given must be those of the folded autoencoder (activations times the norms of its decoder vectors). If they were recorded with the weights as stored, measure the vectors as stored.',
    });
  }
  if (efficiency !== undefined && efficiency < 0.9) {
    limits.push({
      name: 'efficiency',
      text: `Capacities sum to ${(100 * efficiency).toFixed(0)} % of the rank; the theory's optimum reaches 100 %. The price here also pays for what interference takes.`,
    });
  }
  return limits;
}

/** The limits of every audit. */
function generalLimits(importanceFrom: string | undefined): Limit[] {
  return [
    {
      name: 'model',
      text: 'The rule is that of a quadratic model with one hidden layer and squared error. A trained network is not that model, and other models divide capacity by other rules.',
    },
    {
      name: 'independence',
      text: 'The theory assumes independent features with mean 0 and variance 1. Features of real models are correlated, and features that are active together, or never together, share dimensions differently.',
    },
    {
      name: 'importance',
      text: `${importanceFrom === undefined ? 'Importance' : `Importance (here: ${importanceFrom})`} is a guess. In the theory it is the weight of a feature in the loss, which is unknown for a real model. A common factor does not matter; a power does.`,
    },
    {
      name: 'features',
      text: 'Latents of a sparse autoencoder, tokens and neurons are not the features that the model computes with: some are split, some merged, some missing.',
    },
    {
      name: 'use',
      text: 'Capacity is measured from the geometry of the vectors alone. It does not show how the model reads or uses them, or which interference occurs in practice.',
    },
    {
      name: 'one price',
      text: 'One price is fitted for all features, as if they shared one budget. A part of a network that serves several purposes has no single price.',
    },
    {
      name: 'cause',
      text: 'Correlation is not causation: norm, frequency and training time also move importance and capacity together.',
    },
    {
      name: 'intervals',
      text: 'Intervals and the permutation test treat features as independent draws. All features share one space, so their capacities depend on each other, and the intervals are too narrow by an unknown amount.',
    },
  ];
}
