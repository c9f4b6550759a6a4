import {
  blocksOfEigenvectors,
  gram,
  inBlockBases,
  type Dynamics,
  type Embedding,
  type Geometry,
} from '@polysem/core';
import {
  dynamicsFigure,
  embeddingArrowsFigure,
  gramHeatMapFigure,
  shapeGalleryFigure,
  spectrumFigure,
  type GalleryBlock,
  type Provenance,
} from '@polysem/figures';
import { dynamicsData } from './history.ts';

/** Figures of many numbers a feature are drawn for so many features at most. */
const DRAWN = 3000;
/** Blocks in the gallery at most: the largest ones. */
const GALLERY = 30;

/** The figures that an embedding of this size and structure allows, by file name. */
export function geometryFigures(
  w: Embedding,
  geometry: Geometry,
  trained: Dynamics | null,
  provenance: Provenance,
): Record<string, string> {
  const { structure, shapes, measured, spectral } = geometry;
  const blocks = structure.components;
  const names = shapes.map(({ name }) => name);
  const blockOf: (number | null)[] = Array.from({ length: w.features }, () => null);
  blocks.forEach(({ features }, k) => features.forEach((i) => (blockOf[i] = k)));
  const figures: Record<string, string> = {};
  if (w.features <= DRAWN) {
    figures['gram.svg'] = gramHeatMapFigure(
      {
        gram: gram(w),
        features: w.features,
        blocks: blocks.map(({ features }, k) => ({ features, label: names[k] })),
      },
      { title: 'Inner products, features ordered by block', provenance },
    );
  }
  if (w.dims === 2 || w.dims === 3) {
    figures['arrows.svg'] = embeddingArrowsFigure(
      { embedding: w, capacities: measured.capacity, blockOf, blockNames: names },
      { title: 'Features and their blocks', provenance },
    );
  }
  const fits = blocks.reduce((sum, { dims }) => sum + dims, 0) <= w.dims;
  if (spectral.spectrum.rank > 0) {
    figures['spectrum.svg'] = spectrumFigure(
      {
        eigenvalues: spectral.spectrum.eigenvalues,
        ...(fits && {
          blockOf: blocksOfEigenvectors(w, spectral.spectrum, blocks),
          blockNames: names,
          gammas: blocks.slice(0, 8).map(({ gamma }, block) => ({ value: gamma, block })),
        }),
      },
      { title: 'Spectrum of the frame operator S', provenance },
    );
  }
  const shown = blocks
    .map((block, k) => ({ block, k }))
    .filter(({ block }) => block.dims > 0 && block.features.length <= DRAWN)
    .toSorted((a, b) => b.block.features.length - a.block.features.length || a.k - b.k)
    .slice(0, GALLERY);
  if (shown.length > 0 && fits) {
    const bases = inBlockBases(
      w,
      shown.map(({ block }) => block),
    );
    figures['shapes.svg'] = shapeGalleryFigure(
      shown.map(({ block, k }, place): GalleryBlock => {
        const drawn = {
          shape: names[k],
          embedding: bases[place],
          labels: block.features.map(String),
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
  if (trained !== null) {
    figures['dynamics.svg'] = dynamicsFigure(dynamicsData(trained), {
      title: 'Capacity and blocks through training',
      provenance,
    });
  }
  return figures;
}
