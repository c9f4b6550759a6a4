/* oxlint-disable no-await-in-loop -- one block is summed by all workers */
import type { FeatureSource } from '../../embedding/feature-source.ts';
import { longEnough, MAX_NAMED_FEATURES } from '../../geometry/shapes/block.ts';
import { nameShape, unorderedShape } from '../../geometry/shapes/name-shape.ts';
import type { NamedShape, NameShapeOptions } from '../../geometry/shapes/named-shape.ts';
import { renumbered } from '../../geometry/shapes/renumbered.ts';
import type { StreamWorkers } from '../workers.ts';
import { spectrumOf } from '../spectrum-pass.ts';
import type { StreamHooks } from '../stream-measurement.ts';
import { framePrecision } from './group-spectra.ts';
import { forEachGathered, pickedSource } from './picked.ts';

/** Features that may make a shape, and the singular values of their vectors. */
export interface ShapeGroup {
  readonly features: readonly number[];
  readonly spectrum: Float64Array;
}

/** `nameShape` of groups of features that are read in blocks. Small groups are gathered; large ones are named unseen. */
export async function streamShapes(
  source: FeatureSource,
  groups: readonly ShapeGroup[],
  squaredNorm: Float64Array,
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
  const isSmall = ({ features }: ShapeGroup): boolean => features.length <= MAX_NAMED_FEATURES;
  const small = Array.from(groups.keys()).filter((g) => isSmall(groups[g]));
  await forEachGathered(
    source,
    small.map((g) => groups[g].features),
    hooks,
    (at, w) =>
      put(small[at], renumbered(nameShape(w, undefined, options), groups[small[at]].features)),
  );
  for (const [g, group] of groups.entries()) {
    if (isSmall(group)) continue;
    const { features } = group;
    const lengths = features.map((i) => Math.sqrt(squaredNorm[i]));
    const isFloat32 = precision === 'float32';
    const { kept, ignored, mean, sigma } = longEnough(features, lengths, dims, isFloat32, options);
    if (kept.length <= MAX_NAMED_FEATURES) {
      await forEachGathered(source, [kept], hooks, (_, w) =>
        put(g, { ...renumbered(nameShape(w, undefined, options), kept), ignored }),
      );
      continue;
    }
    const values =
      ignored.length === 0
        ? group.spectrum
        : await valuesOf(pickedSource(source, kept), workers, hooks);
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
  const options = { signal, precision: framePrecision(source) };
  const { eigenvalues, scale } = await spectrumOf(source, options, workers);
  return eigenvalues.map((lambda) => Math.sqrt(lambda) / scale);
}
