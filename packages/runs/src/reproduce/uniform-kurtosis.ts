/** Kurtosis of sparse uniform inputs with density p: k = 9 / (5 p) (section 3.5 of the paper). */
export function uniformKurtosis(density: number): number {
  return 9 / (5 * density);
}

/**
 * True if the varied feature has the same capacity in every optimum of the quadratic model. At V = 1 and k <= 3 all choices of
 * features are equally good.
 */
export function isDecided(importance: number, density: number): boolean {
  return importance !== 1 || uniformKurtosis(density) > 3;
}
