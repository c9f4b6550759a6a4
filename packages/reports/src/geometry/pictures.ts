import {
  blocksAlongAxes,
  blocksOfEigenvectors,
  inBlockBases,
  type Dynamics,
  type GeometryFigures,
} from '@polysem/core/geometry';
import { gram } from '@polysem/core/embedding';
import {
  dynamicsFigure,
  embeddingArrowsFigure,
  gramHeatMapFigure,
  shapeGalleryFigure,
  spectrumFigure,
  type GalleryBlock,
  type Provenance,
} from '@polysem/figures';
import type { FoundGeometry } from '@polysem/runs/geometry';
import { dynamicsData } from './dynamics-data.ts';
import { numbersInFile } from './original-features.ts';

/** Largest number of features in figures with many marks per feature. */
const DRAWN = 3000;
/** Largest number of blocks in the gallery. */
const GALLERY = 30;
/** Largest total size, in numbers, of the vectors in the gallery. Blocks that do not fit are left out. */
const GATHERED = 2 ** 22;

/**
 * Draws the figures of a geometry that its size and structure allow.
 *
 * @param found the geometry and access to the vectors.
 * @param trained blocks through training, if there is a history.
 * @param provenance stored in each figure.
 * @param skipped indices in the file of features that were left out, ascending; all others keep their indices.
 * @returns SVG documents by file name.
 *
 * @example
 * ```js
 * import { describeGeometry, polytope } from 'polysem/geometry';
 * import { geometryFigures } from 'polysem/reports';
 * const whole = polytope('pentagon');
 * const found = { geometry: describeGeometry(whole), whole, gather: async () => whole };
 * const figures = await geometryFigures(found, null, { polysem: '0.1.0', configuration: {} });
 * Object.keys(figures); // ['gram.svg', 'arrows.svg', 'spectrum.svg', 'shapes.svg']
 * ```
 */
export async function geometryFigures(
  { geometry, whole, gather }: FoundGeometry,
  trained: Dynamics | null,
  provenance: Provenance,
  skipped: readonly number[] = [],
): Promise<Record<string, string>> {
  const numbers = numbersInFile(geometry, skipped);
  const labels = skipped.length === 0 ? {} : { labels: Array.from(numbers, String) };
  const { structure, shapes, measured, spectral } = geometry;
  const { dims: space } = structure;
  const blocks = structure.components;
  const names = shapes.map(({ name }) => name);
  const blockOf: (number | null)[] = Array.from({ length: structure.features }, () => null);
  blocks.forEach(({ features }, k) => features.forEach((i) => (blockOf[i] = k)));
  const figures: Record<string, string> = {};
  if (whole !== null && whole.features <= DRAWN) {
    figures['gram.svg'] = gramHeatMapFigure(
      {
        gram: gram(whole),
        features: whole.features,
        ...labels,
        blocks: blocks.map(({ features }, k) => ({ features, label: names[k] })),
      },
      { title: 'Inner products, features ordered by block', provenance },
    );
  }
  if (whole !== null && (space === 2 || space === 3)) {
    figures['arrows.svg'] = embeddingArrowsFigure(
      { embedding: whole, capacities: measured.capacity, blockOf, blockNames: names, ...labels },
      { title: 'Features and their blocks', provenance },
    );
  }
  const fits = blocks.reduce((sum, { dims }) => sum + dims, 0) <= space;
  const ofEigenvectors = fits ? eigenvectorBlocks(geometry, whole) : null;
  if (spectral.spectrum.rank > 0) {
    figures['spectrum.svg'] = spectrumFigure(
      {
        eigenvalues: spectral.spectrum.eigenvalues,
        ...(ofEigenvectors !== null && {
          blockOf: ofEigenvectors,
          blockNames: names,
          gammas: blocks.slice(0, 8).map(({ gamma }, block) => ({ value: gamma, block })),
        }),
      },
      { title: 'Spectrum of the frame operator S', provenance },
    );
  }
  const shapesFigure = fits ? await blocksFigure({ geometry, gather }, numbers, provenance) : null;
  if (shapesFigure !== null) figures['shapes.svg'] = shapesFigure;
  if (trained !== null) {
    figures['dynamics.svg'] = dynamicsFigure(dynamicsData(trained), {
      title: 'Capacity and blocks through training',
      provenance,
    });
  }
  return figures;
}

/** The gallery of the largest blocks, each in its own subspace; null if there are no blocks to show. */
async function blocksFigure(
  { geometry, gather }: Pick<FoundGeometry, 'geometry' | 'gather'>,
  numbers: Int32Array,
  provenance: Provenance,
): Promise<string | null> {
  const { structure, shapes } = geometry;
  const shown = structure.components
    .map((block, k) => ({ block, k }))
    .filter(({ block }) => block.dims > 0 && block.features.length <= DRAWN)
    .toSorted((a, b) => b.block.features.length - a.block.features.length || a.k - b.k)
    .filter(fittingInto(GATHERED / structure.dims))
    .slice(0, GALLERY);
  if (shown.length === 0) return null;
  const vectors = await gather(shown.flatMap(({ block }) => block.features));
  let first = 0;
  const bases = inBlockBases(
    vectors,
    shown.map(({ block: { features, dims } }) => ({
      features: features.map(() => first++),
      dims,
    })),
  );
  return shapeGalleryFigure(
    shown.map(({ block, k }, place): GalleryBlock => {
      const drawn = {
        shape: shapes[k].name,
        embedding: bases[place],
        labels: block.features.map((i) => String(numbers[i])),
        capacity: block.capacity,
        block: k,
      };
      return shapes[k].recognised
        ? Object.assign(drawn, { confidence: shapes[k].confidence })
        : drawn;
    }),
    { title: 'Blocks and their shapes', provenance },
  );
}

/** A filter that accepts blocks while their total number of features is at most `most`. */
function fittingInto(
  most: number,
): (shown: { readonly block: { readonly features: readonly number[] } }) => boolean {
  let taken = 0;
  return ({ block: { features } }) => {
    if (taken + features.length > most) return false;
    taken += features.length;
    return true;
  };
}

/** The block of each eigenvector of S; null if the spans of blocks are unknown. */
function eigenvectorBlocks(
  { structure: { dims, components }, spectral, form }: GeometryFigures,
  whole: FoundGeometry['whole'],
): (number | null)[] | null {
  if (whole !== null) return blocksOfEigenvectors(whole, spectral.spectrum, components);
  if (form === null) return null;
  const axes = new Float64Array(form.axes * dims);
  for (let k = 0; k < form.axes; k++) {
    for (let d = 0; d < dims; d++) axes[k * dims + d] = form.q[d * form.axes + k];
  }
  return blocksAlongAxes(axes, spectral.spectrum, form.blocks);
}
