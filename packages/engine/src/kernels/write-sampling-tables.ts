import { ln1p } from '@polysem/numerics/elementary';
import { normalQuantile } from '@polysem/numerics/elementary';
import type { CountLaw } from '@polysem/core/features';
import { moments } from '@polysem/core/features';
import { aliasTable } from './alias-table.ts';
import type { CompiledKernel } from './program/compile.ts';
import type { DrawnDependence, DrawnInputs } from './program/drawing.ts';

/** Inputs last written to each kernel's memory. No other module writes inputs there. */
const written = new WeakMap<CompiledKernel, DrawnInputs>();

/** Writes the data that sampling code needs besides its structure: densities, scales and dependence. */
export function writeSamplingTables(kernel: CompiledKernel, inputs: DrawnInputs): void {
  if (written.get(kernel) === inputs) return;
  written.set(kernel, inputs);
  const { memory, buffer } = kernel;
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
  const columns = columnDensities(inputs);
  const largest = columns.reduce((most, p) => Math.max(most, p), 0);
  const acceptance = array(memory.acceptance);
  columns.forEach((p, i) => (acceptance[i] = p / largest));
  new Float32Array(buffer, memory.gapScale, 1)[0] = Math.LN2 / ln1p(-largest);
  if (dependence !== null) writeDependence(kernel, dependence, inputs);
}

/** Densities of the units between which gaps are sampled: features, groups or rows. */
function columnDensities({ marginals, dependence }: DrawnInputs): readonly number[] {
  if (dependence !== null && 'groups' in dependence) return [...dependence.densities];
  if (dependence?.kind === 'factor' && dependence.counts !== null) {
    return [
      Math.min(
        1,
        dependence.counts.probabilities.reduce((sum, p) => sum + p, 0),
      ),
    ];
  }
  return marginals.map((one) => one.density);
}

function writeDependence(
  kernel: CompiledKernel,
  dependence: DrawnDependence,
  inputs: DrawnInputs,
): void {
  const densities = inputs.marginals.map((one) => one.density);
  const { memory, buffer } = kernel;
  const { limit, slope, factor } = memory.drawn.copula;
  const hasCounts = memory.drawn.counts.members > 0;
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
      if (dependence.counts !== null && hasCounts) writeCounts(kernel, dependence.counts);
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

/** Smallest noise: avoids division by 0 for a loading of 1 or -1, and is below the precision of float32. */
const LEAST_NOISE: number = 2 ** -30;

function writeGroups(
  { memory: { drawn }, buffer }: CompiledKernel,
  { kind, groups }: Extract<DrawnDependence, { readonly groups: unknown }>,
  densities: readonly number[],
): void {
  const starts = new Int32Array(buffer, drawn.groupStarts, groups.length + 1);
  starts.set(placesOf(groups));
  const array = (address: number): Float32Array =>
    new Float32Array(buffer, address, densities.length);
  const members = new Int32Array(buffer, drawn.members, densities.length);
  members.set(groups.flat().map((i) => 4 * i));
  if (kind === 'together') return;
  const sizes = new Int32Array(buffer, drawn.groupSizes, groups.length);
  const [lower, upper, cut] = [drawn.lower, drawn.upper, drawn.cut].map(array);
  const alias = new Int32Array(buffer, drawn.alias, densities.length);
  groups.forEach((group, g) => {
    const first = starts[g] / 4;
    sizes[g] = group.length;
    let sum = 0;
    group.forEach((i, k) => {
      lower[first + k] = sum * 2 ** 24;
      // Rounding can raise a sum of densities above 1.
      sum = Math.min(1, sum + densities[i]);
      upper[first + k] = sum * 2 ** 24;
    });
    aliasTable(group.map((i) => densities[i])).forEach((slot, k) => {
      cut[first + k] = slot.cut;
      alias[first + k] = 4 * group[slot.alias];
    });
  });
}

/** Writes the alias table of the counts of active features, and the classes of identically distributed features. */
function writeCounts({ memory: { drawn }, buffer }: CompiledKernel, law: CountLaw): void {
  const { counts: at } = drawn;
  const integers = (address: number, numbers: readonly number[]): void =>
    new Int32Array(buffer, address, numbers.length).set(numbers);
  const table = aliasTable(law.probabilities);
  new Float32Array(buffer, at.cut, table.length).set(table.map((slot) => slot.cut));
  integers(
    at.alias,
    table.map((slot) => 4 * slot.alias),
  );
  const parts = law.counts.map((counts) =>
    counts.flatMap((count, own) => (count === 0 ? [] : [{ own, count }])),
  );
  integers(at.starts, placesOf(parts));
  integers(
    at.partClasses,
    parts.flat().map(({ own }) => 4 * own),
  );
  integers(
    at.partCounts,
    parts.flat().map(({ count }) => 4 * count),
  );
  integers(at.classStarts, placesOf(law.classes));
  integers(
    at.classSizes,
    law.classes.map(({ length }) => length),
  );
  integers(
    at.members,
    law.classes.flat().map((i) => 4 * i),
  );
}

/** Byte offsets (4 per entry) of each list when the lists are stored consecutively, followed by the end of the last. */
function placesOf(lists: readonly (readonly unknown[])[]): number[] {
  const places = [0];
  for (const { length } of lists) places.push(places[places.length - 1] + 4 * length);
  return places;
}
