import { ln1p } from '../elementary/logarithm.ts';
import { normalQuantile } from '../elementary/normal.ts';
import { moments } from '../features/moments.ts';
import type { CompiledKernel } from './program/compile.ts';
import type { DrawnDependence, DrawnInputs } from './program/drawing.ts';

/** Writes what code must know of the inputs that it draws, beside its structure. */
export function writeInputs({ memory, buffer }: CompiledKernel, inputs: DrawnInputs): void {
  const { marginals, dependence } = inputs;
  const array = (address: number): Float32Array =>
    new Float32Array(buffer, address, marginals.length);
  const [density, inverse, scale] = [memory.density, memory.inverseDensity, memory.scale].map(
    array,
  );
  let last = marginals[0];
  let lastScale = moments(last).scale;
  marginals.forEach((one, i) => {
    density[i] = one.density;
    inverse[i] = 1 / one.density;
    if (one !== last) lastScale = moments(one).scale;
    last = one;
    scale[i] = lastScale;
  });
  const isGrouped = dependence !== null && 'groups' in dependence;
  const columns = isGrouped ? [...dependence.densities] : marginals.map((one) => one.density);
  const largest = columns.reduce((most, p) => Math.max(most, p), 0);
  const acceptance = array(memory.acceptance);
  columns.forEach((p, i) => (acceptance[i] = p / largest));
  new Float32Array(buffer, memory.gapScale, 1)[0] = Math.LN2 / ln1p(-largest);
  if (dependence !== null) writeDependence({ memory, buffer }, dependence, inputs);
}

type Memory = Pick<CompiledKernel, 'memory' | 'buffer'>;

function writeDependence(kernel: Memory, dependence: DrawnDependence, inputs: DrawnInputs): void {
  const densities = inputs.marginals.map((one) => one.density);
  const { memory, buffer } = kernel;
  const { limit, slope, factor } = memory.drawn.copula;
  const array = (address: number, numbers: ArrayLike<number>): void =>
    new Float32Array(buffer, address, numbers.length).set(numbers);
  switch (dependence.kind) {
    case 'together':
    case 'one-of':
      return writeGroups(kernel, dependence, densities);
    case 'factor': {
      const noise = dependence.loadings.map((loading) =>
        Math.max(LEAST_NOISE, Math.sqrt((1 - loading) * (1 + loading))),
      );
      array(
        limit,
        densities.map((p, i) => normalQuantile(p) / noise[i]),
      );
      return array(
        slope,
        dependence.loadings.map((loading, i) => loading / noise[i]),
      );
    }
    case 'matrix':
      array(limit, densities.map(normalQuantile));
      return array(factor, dependence.factor);
  }
}

/** Where the factor decides alone, a noise below the precision of float32 stands in for none. */
const LEAST_NOISE: number = 2 ** -30;

function writeGroups(
  { memory: { drawn }, buffer }: Memory,
  { kind, groups }: Extract<DrawnDependence, { readonly groups: unknown }>,
  densities: readonly number[],
): void {
  const starts = new Int32Array(buffer, drawn.groupStarts, groups.length + 1);
  const array = (address: number): Float32Array =>
    new Float32Array(buffer, address, densities.length);
  const members = new Int32Array(buffer, drawn.members, densities.length);
  let place = 0;
  groups.forEach((group, g) => {
    starts[g] = 4 * place;
    for (const i of group) members[place++] = 4 * i;
  });
  starts[groups.length] = 4 * place;
  if (kind === 'together') return;
  const sizes = new Float32Array(buffer, drawn.groupSizes, groups.length);
  const [lower, upper, cut] = [drawn.lower, drawn.upper, drawn.cut].map(array);
  const alias = new Int32Array(buffer, drawn.alias, densities.length);
  groups.forEach((group, g) => {
    const first = starts[g] / 4;
    sizes[g] = group.length;
    let sum = 0;
    group.forEach((i, k) => {
      lower[first + k] = sum * 2 ** 24;
      // Sums of densities may exceed 1 by rounding.
      sum = Math.min(1, sum + densities[i]);
      upper[first + k] = sum * 2 ** 24;
    });
    aliasTable(group.map((i) => densities[i])).forEach((slot, k) => {
      cut[first + k] = slot.cut;
      alias[first + k] = 4 * group[slot.alias];
    });
  });
}

/**
 * Slots from which one choice in proportion to weights is made in constant time: each slot, equally likely, is kept below
 * its cut and gives its alias above it (Walker 1974; Vose 1991).
 */
function aliasTable(weights: readonly number[]): readonly { cut: number; alias: number }[] {
  const size = weights.length;
  const mean = weights.reduce((sum, w) => sum + w, 0) / size;
  const left = weights.map((w) => w / mean);
  const table = left.map((_, slot) => ({ cut: 1, alias: slot }));
  const small = left.flatMap((w, slot) => (w < 1 ? [slot] : []));
  const large = left.flatMap((w, slot) => (w < 1 ? [] : [slot]));
  while (small.length > 0 && large.length > 0) {
    const slot = small.pop() as number;
    const giver = large[large.length - 1];
    table[slot] = { cut: left[slot], alias: giver };
    left[giver] -= 1 - left[slot];
    if (left[giver] < 1) small.push(large.pop() as number);
  }
  return table;
}
