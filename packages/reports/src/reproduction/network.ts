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
  return {
    section: {
      id: 'networks',
      heading: 'Two trained networks',
      paragraphs: [
        'Eight features of importance 1, 0.7, 0.49 and so on, active with probability 0.05, in two and in three dimensions. Bars show predicted capacities, dots the capacities of the trained network. The Gram matrix shows which features interfere: each nonzero entry off the diagonal is an error that the network accepts in order to represent more features than it has dimensions.',
      ],
      figures: networks.flatMap(pictures),
      tables: networks.map(describe),
    },
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
      caption: `Predicted and trained capacities, ${name}.`,
    },
    {
      name: `network-${dims}-gram`,
      svg: heat,
      lab,
      caption: `Inner products of the trained feature vectors, ${name}.`,
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
      caption: `The trained feature vectors, ${name}.`,
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
