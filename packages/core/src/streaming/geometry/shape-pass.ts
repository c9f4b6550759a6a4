/* oxlint-disable no-await-in-loop -- all workers sum one chunk at a time */
import type { FeatureSource } from '../../embedding/feature-source.ts';
import { longEnough, MAX_NAMED_FEATURES } from '../../geometry/shapes/block.ts';
import { nameShape, unorderedShape } from '../../geometry/shapes/name-shape.ts';
import type { NamedShape, NameShapeOptions } from '../../geometry/shapes/named-shape.ts';
import { renumberedShape } from '../../geometry/shapes/renumbered-shape.ts';
import type { StreamWorkers } from '../workers.ts';
import { spectrumOf } from '../spectrum-pass.ts';
import type { StreamHooks } from '../stream-measurement.ts';
import { sumPrecision } from './group-spectra.ts';
import { forEachGroup, selectedSource } from './selected-features.ts';

/** Features that may form a shape, and the singular values of their vectors. */
export interface ShapeGroup {
  readonly features: readonly number[];
  readonly spectrum: Float64Array;
}

/** Groups of features, and the squared norms of all features of the source. */
export interface ShapeGroups {
  readonly groups: readonly ShapeGroup[];
  readonly squaredNorm: Float64Array;
}

/** `nameShape` of groups of features that are read in chunks. Large groups are named from their spectrum alone. */
export async function streamShapes(
  source: FeatureSource,
  { groups, squaredNorm }: ShapeGroups,
  options: NameShapeOptions,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<NamedShape[]> {
  const { dims, precision } = source;
  const shapes: NamedShape[] = [];
  let done = 0;
  const put = (g: number, shape: NamedShape): void => {
    shapes[g] = shape;
    hooks.onProgress?.({ stage: 'shapes', done: ++done, total: groups.length });
  };
  const small = Array.from(groups.keys()).filter((g) => isSmall(groups[g]));
  await forEachGroup(
    source,
    small.map((g) => groups[g].features),
    hooks,
    (at, w) =>
      put(small[at], renumberedShape(nameShape(w, undefined, options), groups[small[at]].features)),
  );
  for (const [g, group] of groups.entries()) {
    if (isSmall(group)) continue;
    const { features } = group;
    const lengths = features.map((i) => Math.sqrt(squaredNorm[i]));
    const isFloat32 = precision === 'float32';
    const { kept, ignored, mean, sigma } = longEnough(features, lengths, dims, isFloat32, options);
    if (kept.length <= MAX_NAMED_FEATURES) {
      // The noise is relative to the mean length of all, also of those left out.
      const ofAll = { ...options, sigma: sigma * mean };
      await forEachGroup(source, [kept], hooks, (_, w) =>
        put(g, { ...renumberedShape(nameShape(w, undefined, ofAll), kept), ignored }),
      );
      continue;
    }
    const values =
      ignored.length === 0
        ? group.spectrum
        : await valuesOf(selectedSource(source, kept), workers, hooks);
    const unit = values.map((value) => value / mean);
    put(g, unorderedShape(kept, ignored, unit, sigma, dims));
  }
  return shapes;
}

async function valuesOf(
  source: FeatureSource,
  workers: StreamWorkers,
  { signal }: StreamHooks,
): Promise<Float64Array> {
  const options = { signal, precision: sumPrecision(source) };
  const { eigenvalues, scale } = await spectrumOf(source, options, workers);
  return eigenvalues.map((lambda) => Math.sqrt(lambda) / scale);
}

function isSmall({ features }: ShapeGroup): boolean {
  return features.length <= MAX_NAMED_FEATURES;
}
