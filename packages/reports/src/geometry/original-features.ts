import { renumberedShape, type GeometryFigures } from '@polysem/core/geometry';
import { originalIndices } from '@polysem/runs/measure';

/**
 * The index in the file of each feature of a geometry.
 *
 * @param geometry the geometry of the features that were not left out.
 * @param skipped indices in the file of features that were left out, ascending.
 */
export function numbersInFile(
  { structure: { features } }: GeometryFigures,
  skipped: readonly number[],
): Int32Array {
  return originalIndices({ skipped, measured: { features } });
}

/** Numbers the features of blocks, shapes and alignment as in the file. Numbers per feature stay in order. */
export function withOriginalFeatures(
  geometry: GeometryFigures,
  numbers: Int32Array,
): GeometryFigures {
  const { structure, shapes, whole, form, alignment } = geometry;
  const outer = (features: readonly number[]): number[] => features.map((i) => numbers[i]);
  const renumbered = <T extends { readonly features: readonly number[] }>(block: T): T => ({
    ...block,
    features: outer(block.features),
  });
  return {
    ...geometry,
    structure: {
      ...structure,
      components: structure.components.map(renumbered),
      eigenspaces: structure.eigenspaces.map(renumbered),
      full: outer(structure.full),
      ignored: outer(structure.ignored),
    },
    shapes: shapes.map((shape) => renumberedShape(shape, numbers)),
    whole: whole === null ? null : renumberedShape(whole, numbers),
    form: form === null ? null : { ...form, worst: form.worst.map((i) => numbers[i]) },
    alignment:
      alignment === null ? null : { ...alignment, blocks: alignment.blocks.map(renumbered) },
  };
}
