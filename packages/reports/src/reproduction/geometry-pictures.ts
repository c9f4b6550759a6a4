import {
  efficientForm,
  findBlocks,
  frameSpectrum,
  nameShape,
  type EfficientForm,
} from '@polysem/core/geometry';
import { embedding, type Embedding } from '@polysem/core/embedding';
import { version } from '@polysem/core/version';
import {
  blockName,
  dynamicsFigure,
  formatNumber,
  gramHeatMapFigure,
  shapeGalleryFigure,
  spectrumFigure,
  type GalleryBlock,
  type Provenance,
} from '@polysem/figures';
import type { ReportFigure } from '../page/page.ts';
import { networkLinks } from './lab-links.ts';
import type {
  ArchitectureRow,
  Figure5,
  MeasuredArrangement,
  OneEigenspace,
  TrainingDynamics,
} from '@polysem/runs/reproduce';

/** Why figures of given matrices have no link. */
const NOT_IN_LAB =
  'The lab cannot show it: this matrix was constructed, and links to the lab hold networks to train.';

/** The Gram matrix of the hidden matrix, before and after ordering features by block. */
export function figure5Pictures({ gram, found }: Figure5, provenance: Provenance): ReportFigure[] {
  const { features } = found;
  return [
    {
      name: 'figure5-hidden',
      svg: gramHeatMapFigure(
        { gram, features },
        { title: 'A 3 x 5 matrix, features in their original order', provenance },
      ),
      caption:
        'Inner products of five features in three dimensions, after a random rotation, permutation and random signs.',
      limits:
        'the blocks themselves. In this order of the features they must be read from the zeros.',
      labNote: NOT_IN_LAB,
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
        { title: 'Figure 5: the same, features ordered by block', provenance },
      ),
      caption:
        'The same inner products, features ordered by the blocks found: 2 features in 1 dimension and 3 in 2. Between blocks there is no interference.',
      limits:
        'the directions of the features. Inner products determine a matrix only up to a rotation.',
      labNote: NOT_IN_LAB,
    },
  ];
}

/** The four arrangements of Figure 6, each feature labelled with its capacity. */
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
      { title: 'Figure 6: capacities of four arrangements', provenance, width: 1120 },
    ),
    caption:
      'Capacities of example arrangements, shown next to the features. The last, two vectors at 30 degrees, wastes most of a dimension: its capacities sum to 8/7.',
    limits: 'which of these arrangements networks learn; the next section does.',
    labNote: NOT_IN_LAB,
  };
}

/** Eigenvalues of S for a network with unequal importances: all partial features share one. */
export function spectrumPicture(
  { features, dims, example, experiment }: OneEigenspace,
  provenance: Provenance,
): ReportFigure {
  const { eigenvalues, eigenspaces } = frameSpectrum(example);
  const shared = eigenspaces.filter((space) => space.dims > 1);
  const blockOf = eigenspaces.flatMap((space) =>
    Array.from({ length: space.dims }, () =>
      space.dims > 1 ? shared.indexOf(space) : shared.length,
    ),
  );
  return {
    name: 'one-eigenspace',
    svg: spectrumFigure(
      {
        eigenvalues,
        blockOf,
        blockNames: [
          ...shared.map((space) => `partial features, ${space.dims} dimensions`),
          'full features, one dimension each',
        ],
        gammas: shared.map(({ eigenvalue }, block) => ({ value: eigenvalue, block })),
      },
      { title: `Eigenvalues of S, quadratic model, ${features} in ${dims}`, provenance },
    ),
    lab: networkLinks(`${features} features in ${dims} dimensions`, experiment),
    caption:
      'Eigenvalues of W W^T of a trained network. Every feature has a different importance v. Each full feature has its own dimension, with eigenvalue v; all features that share form one tight frame with a single eigenvalue.',
    limits:
      'how features are arranged inside the shared block. Any tight frame of these lengths has the same loss.',
  };
}

/** The blocks of the best restart of each architecture. */
export function trainedShapesPicture(
  rows: readonly ArchitectureRow[],
  provenance: Provenance,
): ReportFigure {
  const kinds = rows.map(({ trained, noise }) => {
    const best = trained.reduce((a, b) => (b.loss < a.loss ? b : a));
    return blockKinds(best.embedding, noise);
  });
  let next = 0;
  const letters = rows.map(({ name }, at) => {
    const own = kinds[at].map(() => blockName(next++)).join(' and ');
    return `${own}: ${name}`;
  });
  return {
    name: 'trained-shapes',
    svg: shapeGalleryFigure(kinds.flat(), {
      title: 'Blocks of the best network of each architecture',
      provenance,
      width: 1030,
    }),
    lab: rows.flatMap(({ name, experiment }) => networkLinks(name, experiment)),
    caption: `Blocks of the restart with the lowest loss, for each architecture. Each kind of block is shown once, in its own subspace. ${letters.join('; ')}.`,
    limits: 'how often each structure occurs. The tables count that over all restarts.',
    labNote: 'not GeLU compression: the lab does not scale its inputs to variance 1',
  };
}

/** One block of each kind, its features in coordinates of its span. */
function blockKinds(w: Embedding, noise: number): GalleryBlock[] {
  const structure = findBlocks(w, { noise });
  const { blocks, ...q } = efficientForm(w, structure);
  const kinds = new Map<string, GalleryBlock>();
  let axis = 0;
  blocks.forEach(({ features, dims }, k) => {
    const { name: shape, confidence } = nameShape(w, features);
    const key = `${shape} ${features.length} ${dims}`;
    const count = (kinds.get(key)?.count ?? 0) + 1;
    const { capacity } = structure.components[k];
    const own = inColumns(w, features, q, axis, dims);
    kinds.set(key, { shape, embedding: own, capacity, confidence, count });
    axis += dims;
  });
  return [...kinds.values()];
}

/** Coordinates of the given features along `count` columns of Q, from `first`. */
function inColumns(
  w: Embedding,
  features: readonly number[],
  { q, axes }: Pick<EfficientForm, 'q' | 'axes'>,
  first: number,
  count: number,
): Embedding {
  const own = embedding(count, features.length);
  features.forEach((i, column) => {
    for (let r = 0; r < count; r++) {
      for (let d = 0; d < w.dims; d++) {
        own.data[column * count + r] += q[d * axes + first + r] * w.data[i * w.dims + d];
      }
    }
  });
  return own;
}

/** Loss, capacities and blocks of each run during training. */
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
        events: labelledEvents(events),
        scale: 'log',
      },
      {
        title: `Training, ${name}`,
        provenance: { polysem: version, seed, configuration: spec },
      },
    ),
    lab: networkLinks(name, spec, spec),
    caption: `Loss, capacities and blocks during training: ${name}. Lines have the colour of the final block of their feature; bars at the bottom show blocks while their capacities sum to a whole number.`,
    limits:
      'how typical the times are. Another seed or learning rate gives other steps and may give another order of events.',
  }));
}

type Event = TrainingDynamics['dynamics']['events'][number];

/** One label per kind of event and step: 'forms', '3 form', 'splits in 2', '2 merge'. */
function labelledEvents(events: readonly Event[]): { step: number; label: string }[] {
  const isSame = (a: Event, b: Event): boolean => a.step === b.step && a.kind === b.kind;
  return events.flatMap((event, at) => {
    if (events.findIndex((other) => isSame(other, event)) !== at) return [];
    const { step, kind, from, into } = event;
    if (kind === 'splits') return [{ step, label: `splits in ${into.length}` }];
    if (kind === 'merges') return [{ step, label: `${from.length} merge` }];
    const count = events.filter((other) => isSame(other, event)).length;
    const label = count === 1 ? kind : `${count} ${kind.replace(/s$/, '')}`;
    return [{ step, label }];
  });
}
