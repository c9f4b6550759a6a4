/** A panel of Figure 7 of arXiv:2210.01892: a model, whose cells vary the importance of one feature and the density of all. */
export interface Figure7Panel {
  readonly task: 'computation' | 'compression';
  readonly activation: 'quadratic' | 'relu' | 'gelu';
  readonly features: number;
  readonly dims: number;
}

/**
 * Importances V at which the capacity of the varied feature passes 0.1 and 0.9 in a published panel, at one density. Read
 * from the pixels of the figure with an error of about 10 %. A prefix (<=, >=) marks the edge of the plotted range.
 */
export interface PublishedCrossings extends Figure7Panel {
  readonly density: number;
  readonly ignoredUpTo: PublishedValue;
  readonly fullFrom: PublishedValue;
  /** True if the published panel is visibly noisy at this density. */
  readonly isNoisy: boolean;
}

/** A number, or a bound where the crossing is outside the plotted range. */
export interface PublishedValue {
  readonly value: number;
  readonly kind: 'exact' | 'atMost' | 'atLeast';
}

/** Densities at which the published panels were measured. */
export const measuredDensities: readonly number[] = [0.3, 0.1, 0.01, 0.001];

const TABLE = `
computation quadratic 6 3 0.3 0.50 1.6
computation quadratic 6 3 0.1 0.31 1.8
computation quadratic 6 3 0.01 0.18 2.1
computation quadratic 6 3 0.001 0.16 2.1
computation relu 6 3 0.3 0.51 1.6
computation relu 6 3 0.1 0.49 1.7
computation relu 6 3 0.01 0.47 1.7
computation relu 6 3 0.001 0.49 1.6 noisy
computation gelu 6 3 0.3 0.49 2.1
computation gelu 6 3 0.1 0.36 2.2
computation gelu 6 3 0.01 0.41 2.0
computation gelu 6 3 0.001 0.44 5.0 noisy
compression quadratic 6 3 0.3 0.25 3.7
compression quadratic 6 3 0.1 0.24 4.8
compression quadratic 6 3 0.01 0.20 34
compression quadratic 6 3 0.001 0.17 >=90
compression relu 6 3 0.3 0.27 4.1
compression relu 6 3 0.1 0.06 13
compression relu 6 3 0.01 <=0.01 82 noisy
compression relu 6 3 0.001 <=0.01 >=100 noisy
compression gelu 6 3 0.3 0.42 2.8
compression gelu 6 3 0.1 0.14 6.7
compression gelu 6 3 0.01 0.10 16 noisy
compression gelu 6 3 0.001 0.06 16 noisy
compression quadratic 6 5 0.3 0.27 1.2
compression quadratic 6 5 0.1 0.10 1.0
compression quadratic 6 5 0.01 0.034 2.4
compression quadratic 6 5 0.001 0.02 4.0
compression relu 6 5 0.3 0.21 1.1
compression relu 6 5 0.1 0.045 1.2
compression relu 6 5 0.01 <=0.01 1.07
compression relu 6 5 0.001 <=0.01 1.05
compression gelu 6 5 0.3 0.41 1.1
compression gelu 6 5 0.1 0.06 1.1 noisy
compression gelu 6 5 0.01 0.01 1.1 noisy
compression gelu 6 5 0.001 <=0.01 1.4 noisy
`;

const PREFIXES = { '<=': 'atMost', '>=': 'atLeast' } as const;

function published(text: string): PublishedValue {
  const prefix = text.slice(0, 2);
  if (prefix === '<=' || prefix === '>=')
    return { value: Number(text.slice(2)), kind: PREFIXES[prefix] };
  return { value: Number(text), kind: 'exact' };
}

/** Crossings measured in the published panels, panel by panel. */
export const publishedCrossings: readonly PublishedCrossings[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [task, activation, features, dims, density, ignoredUpTo, fullFrom, noisy] =
      line.split(' ');
    return {
      task: task as Figure7Panel['task'],
      activation: activation as Figure7Panel['activation'],
      features: Number(features),
      dims: Number(dims),
      density: Number(density),
      ignoredUpTo: published(ignoredUpTo),
      fullFrom: published(fullFrom),
      isNoisy: noisy !== undefined,
    };
  });

/** The nine panels: computation 6 in 3, compression 6 in 3 and 6 in 5, each with three activations. */
export const figure7Panels: readonly Figure7Panel[] = publishedCrossings
  .filter(({ density }) => density === measuredDensities[0])
  .map(({ task, activation, features, dims }) => ({ task, activation, features, dims }));

/**
 * True if a panel is of the same model: task, activation, features and dimensions.
 *
 * @param panel a panel, or crossings measured in one.
 * @param model the model it is compared with.
 * @returns true if they agree.
 *
 * @example
 * ```js
 * import { isOfPanel, publishedCrossings } from 'polysem/phase';
 * const model = { task: 'compression', activation: 'relu', features: 6, dims: 3 };
 * publishedCrossings.filter((one) => isOfPanel(one, model)).length; // 4
 * ```
 */
export function isOfPanel(
  panel: Figure7Panel,
  model: { readonly [name in keyof Figure7Panel]: string | number },
): boolean {
  const names = ['task', 'activation', 'features', 'dims'] as const;
  return names.every((name) => panel[name] === model[name]);
}
