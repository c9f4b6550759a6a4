/** Indices of paired features: in A, ascending, and in B. */
export interface PairIndices {
  readonly a: Int32Array;
  readonly b: Int32Array;
}

/** Pairs feature i of A with feature i of B. @throws RangeError if the numbers of features differ. */
export function pairByOrder(featuresA: number, featuresB: number): PairIndices {
  if (featuresA !== featuresB) {
    throw new RangeError(
      `by: order needs as many features in both, got ${featuresA} and ${featuresB}; pair them by match or by names`,
    );
  }
  const a = Int32Array.from({ length: featuresA }, (_, i) => i);
  return { a, b: a.slice() };
}

/**
 * Pairs features with the same name. Features whose name is empty have none.
 *
 * @throws RangeError if a name is used twice in A or in B, or no name is in both.
 */
export function pairByName(namesA: readonly string[], namesB: readonly string[]): PairIndices {
  const placesB = placesOf(namesB, 'B');
  const places = Array.from(placesOf(namesA, 'A')).filter(([name]) => placesB.has(name));
  if (places.length === 0)
    throw new RangeError(
      `by: no name is in both; A has ${shown(namesA)} and B has ${shown(namesB)}`,
    );
  return {
    a: Int32Array.from(places, ([, i]) => i),
    b: Int32Array.from(places, ([name]) => placesB.get(name) as number),
  };
}

function placesOf(names: readonly string[], side: string): Map<string, number> {
  const places = new Map<string, number>();
  names.forEach((name, i) => {
    if (name === '') return;
    const before = places.get(name);
    if (before !== undefined)
      throw new RangeError(
        `by: names must differ, but features ${before} and ${i} of ${side} are both ${JSON.stringify(name)}`,
      );
    places.set(name, i);
  });
  return places;
}

function shown(names: readonly string[]): string {
  const first = names.filter((name) => name !== '').slice(0, 3);
  return first.length === 0 ? 'no names' : `${first.map((n) => JSON.stringify(n)).join(', ')} ..`;
}

/** The features of a dictionary that are in no pair, ascending. */
export function unpaired(features: number, paired: Int32Array): Int32Array {
  const isPaired = new Uint8Array(features);
  for (const i of paired) isPaired[i] = 1;
  return Int32Array.from(isPaired.keys()).filter((i) => isPaired[i] === 0);
}
