/** A loss is as low as another if its mean logarithm exceeds the other by at most this. */
const AS_GOOD = 1e-3;
/** As few triples are left out if their fraction exceeds the other by at most this. */
const AS_MANY = 0.02;

/**
 * Quality targets, each a test of an evaluated contender. Roughness leaves out triples across a boundary, and noise can
 * look like a boundary; a smooth result therefore must not leave out more triples than polysem.
 */
export function targetsOf(own) {
  const isSmooth = ({ roughness }, limit) =>
    roughness.rms <= limit && roughness.leftOut <= own.roughness.leftOut + AS_MANY;
  const { rms } = own.roughness;
  return [
    { name: "polysem's roughness", isMet: ({ roughness }) => roughness.rms <= rms },
    { name: 'and as few triples left out', isMet: (one) => isSmooth(one, rms) },
    {
      name: 'and losses as low',
      isMet: (one) => isSmooth(one, rms) && one.excess <= own.excess + AS_GOOD,
    },
    { name: 'roughness 0.01, and as few triples left out', isMet: (one) => isSmooth(one, 0.01) },
    { name: 'losses 1 % above the best', isMet: ({ excess }) => excess <= 0.01 },
  ];
}

/**
 * The first length at which a way of training meets a target, and the seconds of the length before, which missed it.
 * `ways` have their lengths in increasing order; of several ways the fastest counts. If none meets the target, `atLeast` is
 * the shortest of their longest runs, in seconds.
 */
export function reached(ways, isMet) {
  const firsts = ways.flatMap(({ name, restarts, lengths }) => {
    const at = lengths.findIndex(isMet);
    if (at < 0) return [];
    const { steps, seconds } = lengths[at];
    return [{ name, restarts, steps, seconds, missedAt: lengths[at - 1]?.seconds ?? 0 }];
  });
  if (firsts.length > 0) return firsts.toSorted((a, b) => a.seconds - b.seconds)[0];
  const longest = ways.map(({ lengths }) => lengths.at(-1)?.seconds ?? 0);
  return { atLeast: Math.min(...longest) };
}
