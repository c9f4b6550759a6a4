/** A loss that is no more than this above another, in the mean of logarithms, is as good. */
const AS_GOOD = 1e-3;
/** A share of triples left out that is no more than this above another is not larger. */
const AS_MANY = 0.02;

/**
 * What is to be reached, each a question about something judged. Roughness leaves out triples across a boundary, and
 * takes much noise for boundaries: what is smooth leaves out no more triples than polysem.
 */
export function targetsOf(own) {
  const isSmooth = ({ roughness }, limit) =>
    roughness.rms <= limit && roughness.leftOut <= own.roughness.leftOut + AS_MANY;
  const { rms } = own.roughness;
  return [
    { name: "polysem's roughness", isMet: ({ roughness }) => roughness.rms <= rms },
    { name: 'the same, as few left out', isMet: (one) => isSmooth(one, rms) },
    {
      name: 'the same, losses as good',
      isMet: (one) => isSmooth(one, rms) && one.excess <= own.excess + AS_GOOD,
    },
    { name: 'roughness 0.01, as few left out', isMet: (one) => isSmooth(one, 0.01) },
    { name: 'losses 1 % above the best', isMet: ({ excess }) => excess <= 0.01 },
  ];
}

/**
 * When a way of training (a list of lengths, shorter first) first met a target: the length, and the one before that
 * did not. Of several ways the fastest counts. Where none did, `atLeast` are the seconds of the shortest of their
 * longest runs: each went on for so long in vain.
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
