const DENSITIES = [1, 0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005];

/** Compression with ReLU and tied weights, the model that is trained most. */
const SIZES = [
  { features: 2, dims: 1, batch: 1024 },
  { features: 5, dims: 2, batch: 1024 },
  { features: 20, dims: 5, batch: 1024 },
  { features: 20, dims: 5, batch: 256 },
  { features: 80, dims: 20, batch: 1024 },
  { features: 80, dims: 20, batch: 256 },
  { features: 100, dims: 20, batch: 1024 },
  { features: 200, dims: 20, batch: 1024 },
  { features: 200, dims: 20, batch: 256 },
  { features: 200, dims: 20, batch: 2048 },
  { features: 400, dims: 30, batch: 1024 },
  { features: 1000, dims: 100, batch: 512 },
];

/** Models that exceed the cache. */
const LARGE_SIZES = [
  { features: 600, dims: 60, batch: 512 },
  { features: 1000, dims: 100, batch: 1024 },
  { features: 2000, dims: 100, batch: 256 },
  { features: 4000, dims: 200, batch: 128 },
];
const LARGE_DENSITIES = [0.2, 0.05, 0.01, 0.002];

/** Other models and inputs. */
const OTHERS = [
  { tied: false },
  { activation: 'gelu' },
  { task: 'computation', activation: 'quadratic' },
  { task: 'computation', activation: 'gelu' },
  { shape: 'gaussian' },
  { correlation: 'together' },
  { correlation: 'one-of' },
  { correlation: 'factor' },
  { correlation: 'unlike factor' },
  { correlation: 'matrix' },
];
const OTHER_SIZES = [
  { features: 20, dims: 5, batch: 1024 },
  { features: 100, dims: 20, batch: 1024 },
];
const OTHER_DENSITIES = [0.2, 0.1, 0.05, 0.01];

/** All combinations of sizes, densities and settings. */
function combinations(sizes, densities, settings) {
  return settings.flatMap((other) =>
    sizes.flatMap((size) => densities.map((density) => Object.assign({ density }, size, other))),
  );
}

/** Points at which all methods are timed. */
export const fitGrid = [
  ...combinations(SIZES, DENSITIES, [{}]),
  ...combinations(LARGE_SIZES, LARGE_DENSITIES, [{}]),
  ...combinations(OTHER_SIZES, OTHER_DENSITIES, OTHERS),
];

/** Features per group of correlated inputs. */
const GROUP = 5;

/** Correlation by the name of a point. */
export function correlationOf(name, features) {
  const indices = Array.from({ length: features }, (_, i) => i);
  switch (name) {
    case 'together':
    case 'one-of': {
      const firsts = indices.filter((i) => i % GROUP === 0);
      return { kind: name, groups: firsts.map((first) => indices.slice(first, first + GROUP)) };
    }
    case 'factor':
      return { kind: 'copula', loadings: indices.map(() => 0.6) };
    case 'unlike factor':
      return { kind: 'copula', loadings: indices.map((i) => 0.3 + (0.6 * i) / features) };
    case 'matrix': {
      const row = (i) => indices.map((j) => (i === j ? 1 : 0.5 * 0.9 ** Math.abs(i - j)));
      return { kind: 'copula', matrix: indices.map(row) };
    }
    default:
      throw new RangeError(`correlation: unknown, got ${name}`);
  }
}
