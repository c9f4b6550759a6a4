import { version } from '@polysem/core/version';
import {
  capacityBarsFigure,
  embeddingArrowsFigure,
  formatNumber,
  gramHeatMapFigure,
} from '@polysem/figures';
import type { ReportFigure } from '../page/page.ts';
import {
  equalImportanceClaims,
  exampleClaims,
  exampleNetwork,
  type ExampleNetwork,
} from '@polysem/runs/reproduce';
import { networkLinks } from './lab-links.ts';
import type { ReportPart } from './section.ts';

/**
 * Trains two networks and compares their capacities with the theory.
 *
 * @param seed decides all random numbers.
 * @returns section, claims and results.
 *
 * @example
 * ```js
 * import { networkPart } from 'polysem/reports';
 * networkPart(0).claims.every(({ pass }) => pass); // true
 * ```
 */
export function networkPart(seed: number): ReportPart {
  const networks = [2, 3].map((dims) => exampleNetwork(dims, seed));
  const apart = Math.max(
    ...networks.flatMap(({ predicted, trained }) =>
      Array.from(predicted.capacity, (c, i) => Math.abs(c - trained.capacity[i])),
    ),
  );
  return {
    found: {
      lead: 'Two networks up close.',
      text: `With eight features of importance 1, 0.7, 0.49 and so on, the networks with two and with three dimensions end within ${formatNumber(apart, 2)} of the predicted capacities. ${wholeText(networks)}`,
    },
    sections: [
      {
        id: 'networks',
        heading: 'Two trained networks',
        paragraphs: [
          'Eight features of importance 1, 0.7, 0.49 and so on, active with probability 0.05, in two and in three dimensions. The Gram matrix shows which features interfere: each entry off the diagonal is an error that the network accepts in order to represent more features than it has dimensions.',
        ],
        figures: networks.flatMap(pictures),
      },
    ],
    tables: networks.map(describe),
    claims: [...networks.flatMap(exampleClaims), ...equalImportanceClaims(seed)],
    results: networks.map(({ spec, predicted, trained, leverage }) => ({
      spec,
      predicted,
      leverage,
      loss: trained.loss,
      optimum: trained.optimum,
      gap: trained.gap,
      capacity: trained.capacity,
      weights: trained.embedding,
      runs: trained.runs,
    })),
  };
}

function wholeText(networks: readonly ExampleNetwork[]): string {
  return networks
    .map(({ spec: { model }, predicted: { phase } }) => {
      const count = (name: string): string => {
        const found = phase.filter((one) => one === name).length;
        return found === phase.length ? 'all' : found === 0 ? 'none' : String(found);
      };
      const [whole, sharing, ignored] = ['full', 'partial', 'ignored'].map(count);
      return `With ${model.dims} dimensions, features with one of their own: ${whole}; that share: ${sharing}; ignored: ${ignored}.`;
    })
    .join(' ');
}

function pictures({ spec, predicted, trained, gram }: ExampleNetwork): ReportFigure[] {
  const { features, dims, importance } = spec.model;
  const provenance = { polysem: version, seed: spec.seed, configuration: spec };
  const name = `${features} features in ${dims} dimensions`;
  const bars = capacityBarsFigure(
    {
      capacities: predicted.capacity,
      phases: predicted.phase.slice(),
      importances: importance,
      measured: { label: 'trained', capacities: trained.capacity },
      dims,
    },
    { title: `Capacities, ${name}`, provenance },
  );
  const heat = gramHeatMapFigure({ gram, features }, { title: `Gram matrix, ${name}`, provenance });
  const lab = networkLinks(name, spec);
  const list = [
    {
      name: `network-${dims}-capacities`,
      svg: bars,
      lab,
      caption: `${name}: predicted capacities (bars) and those of the trained network (dots).`,
      limits:
        'how far other restarts end from the prediction. This is the best of several, and results.json has them all.',
    },
    {
      name: `network-${dims}-gram`,
      svg: heat,
      lab,
      caption: `${name}: inner products of the trained feature vectors. The diagonal has their squared lengths.`,
      limits:
        'a unique matrix. Features that share a block can be arranged in many ways with the same loss, and another seed gives another pattern.',
    },
  ];
  if (dims !== 2) return list;
  const arrows = embeddingArrowsFigure(
    { embedding: trained.embedding, capacities: trained.capacity },
    { title: `Feature vectors, ${name}`, provenance },
  );
  return [
    ...list,
    {
      name: `network-${dims}-arrows`,
      svg: arrows,
      lab,
      caption: `${name}: the trained feature vectors. The longer a vector, the more important its feature.`,
      limits:
        'a preferred direction. The loss does not change when all vectors are rotated together.',
    },
  ];
}

function describe({ spec, predicted, trained, leverage }: ExampleNetwork) {
  const { features, dims, importance } = spec.model;
  return {
    caption: `${features} features in ${dims} dimensions: loss ${formatNumber(trained.loss, 6)}, certified optimum ${formatNumber(trained.optimum ?? NaN, 6)}`,
    columns: ['feature', 'importance', 'C predicted', 'C trained', 'leverage', 'phase'],
    rows: importance.map((v, i) => [
      String(i),
      formatNumber(v),
      predicted.capacity[i].toFixed(4),
      trained.capacity[i].toFixed(4),
      leverage[i].toFixed(4),
      predicted.phase[i],
    ]),
  };
}
