import { efficientForm, findBlocks, nameShape, version, type Embedding } from '@polysem/core';
import {
  dynamicsFigure,
  formatNumber,
  gramHeatMapFigure,
  shapeGalleryFigure,
  type GalleryBlock,
  type Provenance,
  type ReportFigure,
} from '@polysem/figures';
import type {
  ArchitectureRow,
  Figure5,
  MeasuredArrangement,
  TrainingDynamics,
} from '@polysem/runs';

/** The Gram matrix as it is hidden, and ordered by the blocks found. */
export function figure5Pictures({ gram, found }: Figure5, provenance: Provenance): ReportFigure[] {
  const { features } = found;
  return [
    {
      name: 'figure5-hidden',
      svg: gramHeatMapFigure(
        { gram, features },
        { title: 'A 3 x 5 matrix, as it comes', provenance },
      ),
      caption:
        'Inner products of five features in three dimensions, turned, permuted and flipped at random.',
    },
    {
      name: 'figure5-blocks',
      svg: gramHeatMapFigure(
        {
          gram,
          features,
          blocks: found.components.map((block) => ({
            features: block.features,
            label: `${block.features.length} in ${block.dims}`,
          })),
        },
        { title: 'Figure 5: the same, ordered by its blocks', provenance },
      ),
      caption:
        'The same inner products, features ordered by the blocks that were found: 2 features in 1 dimension and 3 in 2.',
    },
  ];
}

/** The four arrangements, each feature with its capacity. */
export function figure6Picture(
  arrangements: readonly MeasuredArrangement[],
  provenance: Provenance,
): ReportFigure {
  return {
    name: 'figure6',
    svg: shapeGalleryFigure(
      arrangements.map(({ arrangement, capacity, shape }) => ({
        shape: shape.name,
        embedding: arrangement.embedding,
        labels: Array.from(capacity, (c) => formatNumber(c, 3)),
        capacity: capacity.reduce((sum, c) => sum + c, 0),
        confidence: shape.confidence,
      })),
      { title: 'Figure 6: capacities of four arrangements', provenance },
    ),
    caption:
      'Capacities of example arrangements, written at the features. The last, two vectors at 30 degrees, wastes most of a dimension: its capacities sum to 8/7.',
  };
}

/** The blocks of the best start of each architecture. */
export function trainedShapesPicture(
  rows: readonly ArchitectureRow[],
  provenance: Provenance,
): ReportFigure {
  const blocks = rows.flatMap(({ name, trained, noise }) => {
    const best = trained.reduce((a, b) => (b.loss < a.loss ? b : a));
    return galleryBlocks(best.embedding, noise, name);
  });
  return {
    name: 'trained-shapes',
    svg: shapeGalleryFigure(blocks, {
      title: 'Blocks of the best network of each architecture',
      provenance,
      width: 1020,
    }),
    caption:
      'The blocks of the start with the least loss of each architecture, each kind once, in its own subspace. Blocks of more than three dimensions are shown as cosines.',
  };
}

function galleryBlocks(w: Embedding, noise: number, name: string): GalleryBlock[] {
  const structure = findBlocks(w, { noise });
  const shown = new Map<string, GalleryBlock>();
  efficientForm(w, structure).blocks.forEach(({ features, dims, frame }, k) => {
    const { name: shape, confidence } = nameShape(w, features);
    const key = `${shape} ${features.length} ${dims}`;
    const count = (shown.get(key)?.count ?? 0) + 1;
    const { capacity } = structure.components[k];
    const title = `${shape}, ${name}`;
    shown.set(key, { shape: title, embedding: frame, capacity, confidence, count });
  });
  return [...shown.values()];
}

/** Loss, capacities and blocks of each run that was followed. */
export function dynamicsPictures(runs: readonly TrainingDynamics[], seed: number): ReportFigure[] {
  return runs.map(({ id, name, spec, dynamics: { rows, events }, blockOf, blockNames }) => ({
    name: `dynamics-${id}`,
    svg: dynamicsFigure(
      {
        steps: rows.map(({ step }) => step),
        loss: rows.map(({ loss }) => loss),
        capacity: rows.map(({ capacity }) => capacity),
        blockOf,
        blockNames,
        events: events.map(({ step, kind, from, into }) => ({
          step,
          label: eventLabel(kind, from.length, into.length),
        })),
        scale: 'log',
      },
      {
        title: `Training, ${name}`,
        provenance: { polysem: version, seed, configuration: spec },
      },
    ),
    caption: `Loss, capacities and blocks through training: ${name}.`,
  }));
}

function eventLabel(kind: string, from: number, into: number): string {
  if (kind === 'splits') return `splits in ${into}`;
  if (kind === 'merges') return `${from} merge`;
  return kind;
}
