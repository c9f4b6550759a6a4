import { version } from '@polysem/core/version';
import { comparisonFigure, formatNumber, type Provenance } from '@polysem/figures';
import { reportPage, type ReportSection } from '../page/page.ts';
import { verdictLine } from '../geometry/describe.ts';
import { doubts } from './describe.ts';
import { labelText } from '../text/label-text.ts';
import { leftOut, skippedJson } from '../text/left-out.ts';
import { counted } from '../text/counted.ts';
import { referenceJson, type MeasuredMatrix } from '@polysem/runs/measure';
import { distributions, relativeNormPictures, spectrumPicture } from './pictures.ts';
import { matrixTables, short as rounded } from './tables.ts';
import { shortNames } from './short-names.ts';

/**
 * Renders a report on matrices of one file as an HTML page: one section per matrix, and a comparison if there are several.
 *
 * @param path path of the file.
 * @param matrices the measured matrices.
 * @param provenance stored in the page and its figures.
 * @returns the HTML document.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { measureReport } from 'polysem/reports';
 * import { measureMatrix } from 'polysem/measure';
 * const options = { centre: false, normalise: false, precision: 'auto', neighbours: 'always', baselines: [], blocks: false };
 * const matrix = {
 *   source: embeddingSource(polytope('pentagon')),
 *   choice: { tensor: 'W', axis: 'rows', label: 'W', notes: [] },
 *   labels: null,
 * };
 * const quiet = { onProgress: () => {}, onNote: () => {} };
 * const measured = await measureMatrix(matrix, { ...options, seed: 0, threads: 1 }, quiet);
 * const page = measureReport('w.npy', [measured], { polysem: '0.1.0', configuration: {} });
 * page.includes('<h1>Capacity in w.npy</h1>'); // true
 * ```
 */
export function measureReport(
  path: string,
  matrices: readonly MeasuredMatrix[],
  provenance: Provenance,
): string {
  const names = shortNames(matrices.map(({ choice }) => choice.label));
  const sections = matrices.map((matrix, k) => matrixSection(matrix, names[k], k, provenance));
  return reportPage({
    title: `Capacity in ${path.split('/').findLast((part) => part !== '') ?? path}`,
    intro: [
      'This report shows how the features of these weights share dimensions. Capacity C is the fraction of a dimension that a feature has to itself (Scherlis et al. 2022, arXiv:2210.01892, equation 3). Leverage (appendix G) is the fraction of the feature that the best linear read-out could recover; it is never less than C. Efficiency is the sum of capacities divided by the rank: 1 if features interfere no more than they have to.',
      'Every figure is compared with baselines: random matrices of the same size. A value above the baselines does not by itself imply a function, and a value below them is structure too. Intervals are bootstrapped over features with the frame operator held fixed.',
    ],
    sections:
      matrices.length > 1 ? [sideBySide(matrices, names, provenance), ...sections] : sections,
    provenance,
    results: {
      version,
      configuration: provenance.configuration,
      matrices: matrices.map(({ choice, summary, references, blocks, skipped }) => ({
        matrix: choice.label,
        ...summary,
        ...(skipped !== undefined && { skipped: skippedJson(skipped) }),
        references: references.map(referenceJson),
        ...(blocks !== null && { verdict: blocks.structure.verdict }),
      })),
    },
  });
}

/** Figure of the efficiency of each matrix, beside its baselines. */
function efficiencyComparison(
  matrices: readonly MeasuredMatrix[],
  names: readonly string[],
  provenance: Provenance,
): string {
  return comparisonFigure(
    {
      label: 'efficiency, sum of capacities / rank',
      domain: [0, 1],
      measured: 'these weights',
      references: matrices[0].references.map(({ name }) => name),
      rows: matrices.map(({ summary, references }, k) => ({
        name: names[k],
        value: summary.efficiency,
        interval: summary.efficiencyInterval,
        references: references.map(({ figures }) => figures.efficiency ?? NaN),
      })),
    },
    { title: 'Efficiency by matrix', provenance },
  );
}

/** Figure of the effective rank of each matrix, beside the participation ratio of its spectrum. */
function rankComparison(
  matrices: readonly MeasuredMatrix[],
  names: readonly string[],
  provenance: Provenance,
): string {
  return comparisonFigure(
    {
      label: 'fraction of the dimensions',
      domain: [0, 1],
      measured: 'effective rank / D',
      references: ['participation ratio / D'],
      rows: matrices.map(({ summary }, k) => ({
        name: names[k],
        value: summary.effectiveRank / summary.dims,
        references: [summary.participationRatio / summary.dims],
      })),
    },
    { title: 'How evenly the dimensions are used', provenance },
  );
}

function sideBySide(
  matrices: readonly MeasuredMatrix[],
  names: readonly string[],
  provenance: Provenance,
): ReportSection {
  const references = matrices[0].references.map(({ name }) => name);
  return {
    id: 'side-by-side',
    heading: 'Comparison of matrices',
    figures: [
      {
        svg: efficiencyComparison(matrices, names, provenance),
        caption:
          'Efficiency of each matrix with its 95 % interval, and of baselines of the same size.',
        name: 'efficiency',
      },
      {
        svg: rankComparison(matrices, names, provenance),
        caption:
          'Effective rank (exponential of the entropy of the singular values) and participation ratio of the spectrum of the frame operator, as fractions of the dimensions.',
        name: 'ranks',
      },
    ],
    tables: [
      {
        columns: ['matrix', 'N', 'D', 'rank', 'sum C', 'median C', 'efficiency', ...references],
        rows: matrices.map(({ summary, references: own }, k) => [
          names[k],
          summary.features,
          summary.dims,
          summary.rank,
          rounded(summary.capacity.total),
          rounded(summary.capacity.median),
          rounded(summary.efficiency),
          ...own.map(({ figures }) => rounded(figures.efficiency)),
        ]),
      },
    ],
  };
}

function matrixSection(
  matrix: MeasuredMatrix,
  short: string,
  k: number,
  provenance: Provenance,
): ReportSection {
  const { choice, summary, measured } = matrix;
  const { features, dims, rank, zeroFeatures, unresolvedFeatures } = summary;
  const left = [
    zeroFeatures > 0 ? `${counted(zeroFeatures, 'vector is', 'vectors are')} zero` : '',
    unresolvedFeatures > 0
      ? `${counted(unresolvedFeatures, 'is', 'are')} too short to resolve`
      : '',
  ].filter((part) => part !== '');
  const { frame, features: second } = measured.precision;
  return {
    id: `matrix-${k + 1}`,
    heading: labelText(choice.label),
    short: labelText(short),
    paragraphs: [
      `${counted(features, 'feature')} in ${counted(dims, 'dimension')}, rank ${rank}${summary.rankInDoubt ? ' (in doubt)' : ''}${left.length > 0 ? `; ${left.join(', ')}` : ''}.`,
      ...choice.notes.map(sentence),
      ...(matrix.skipped === undefined ? [] : [sentence(leftOut(matrix.skipped))]),
      ...doubts(summary, formatNumber).map(sentence),
      spectrumWords(summary),
      ...(matrix.blocks === null ? [] : [sentence(verdictLine(matrix.blocks, formatNumber))]),
      `Vectors are ${treatmentText(measured.treatment)}. Products are computed in ${frame} for the frame operator and in ${second} for the features; estimated relative error of capacities at most ${formatNumber(measured.relativeError.capacity.largest, 2)}, of leverages ${formatNumber(measured.relativeError.leverage.largest, 2)}.`,
    ],
    figures: [
      ...distributions(matrix, k, provenance),
      ...relativeNormPictures(matrix, k, provenance),
      spectrumPicture(matrix, k, provenance),
    ],
    tables: matrixTables(matrix),
  };
}

/** Capitalises a note and adds a full stop. */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function spectrumWords(summary: MeasuredMatrix['summary']): string {
  const { effectiveRank, participationRatio, coherence, welchBound } = summary;
  const near =
    coherence === null
      ? 'mutual coherence was not computed'
      : `mutual coherence ${formatNumber(coherence, 4)} (Welch bound for this number of vectors: ${formatNumber(welchBound, 4)})`;
  return `Effective rank ${formatNumber(effectiveRank, 4)}, participation ratio ${formatNumber(participationRatio, 4)}; ${near}.`;
}

function treatmentText({
  centred,
  normalised,
}: {
  readonly centred: boolean;
  readonly normalised: boolean;
}): string {
  const done = [centred ? 'centred' : '', normalised ? 'scaled to unit length' : ''];
  return done.filter((word) => word !== '').join(' and ') || 'used unchanged';
}
