import { featureVector, type Embedding } from '../../embedding/embedding.ts';

/**
 * Exchanges pairs of flipped features at opposite vertices and restores their signs, which gives the same vectors with fewer
 * flips.
 *
 * @param directions unit vectors in vertex order.
 */
export function withFewestFlips(
  order: readonly number[],
  flipped: ReadonlySet<number>,
  directions: Embedding,
): { order: readonly number[]; flipped: ReadonlySet<number> } {
  const places = order.slice();
  const turned = new Set(flipped);
  for (let v = 0; v < order.length; v++) {
    for (let u = 0; u < v; u++) {
      if (!turned.has(places[u]) || !turned.has(places[v])) continue;
      const opposite = featureVector(directions, u);
      const isAntipode = featureVector(directions, v).every(
        (x, k) => Math.abs(x + opposite[k]) < 1e-9,
      );
      if (!isAntipode) continue;
      turned.delete(places[u]);
      turned.delete(places[v]);
      [places[u], places[v]] = [places[v], places[u]];
    }
  }
  return { order: places, flipped: turned };
}
