import { formatNumber } from '@polysem/figures';
import type { ReportTable } from '../page/html.ts';
import type {
  ArchitectureRow,
  MeasuredArrangement,
  Mean,
  NeuronMixing,
  OneEigenspace,
  Structure,
  TrainingDynamics,
} from '@polysem/runs/reproduce';

/** Table of the arrangements of Figure 6. */
export function arrangementTable(arrangements: readonly MeasuredArrangement[]): ReportTable {
  return {
    caption:
      'Figure 6: capacities, shapes, and relative distance to the nearest efficient matrix of rank 2 that was found',
    columns: ['arrangement', 'capacities', 'sum C / rank', 'shape', 'confidence', 'distance'],
    rows: arrangements.map(({ arrangement, capacity, efficiency, shape, distance }) => [
      arrangement.name,
      Array.from(capacity, (c) => formatNumber(c, 4)).join(', '),
      formatNumber(efficiency, 4),
      shape.name,
      formatNumber(shape.confidence, 3),
      distance < 1e-12 ? '0' : formatNumber(distance, 4),
    ]),
  };
}

/** Tables of block sizes and of the frequency of each structure. */
export function architectureTables(rows: readonly ArchitectureRow[]): ReportTable[] {
  return [
    {
      caption: `Block structure by architecture, ${rows[0].census.starts} restarts each, equal importances: mean ± standard error over all restarts`,
      columns: [
        'architecture',
        'features of the largest block',
        'its dimensions',
        'its tightness',
        'efficiency, sum C / rank',
        'converged',
      ],
      rows: rows.map(({ name, census }) => [
        name,
        withError(census.largestFeatures),
        withError(census.largestDims),
        withError(census.tightness),
        withError(census.efficiency),
        String(census.converged),
      ]),
    },
    {
      caption:
        'Structures in which these restarts end, with 95 % intervals. Near best: among restarts within 5 % of the lowest loss',
      columns: ['architecture', 'structure', 'frequency', 'near best'],
      rows: rows.flatMap(({ name, census }) =>
        census.structures
          .slice(0, MOST_STRUCTURES)
          .map((structure, at) => [
            at === 0 ? name : '',
            describeStructure(structure),
            frequency(structure.count, census.starts),
            `${structure.nearBest} of ${census.nearBest}`,
          ]),
      ),
    },
  ];
}

const MOST_STRUCTURES = 4;

/** A structure in words, such as '3 × antipodal pair (2 in 1), 1 ignored'. */
function describeStructure({ blocks, ignored }: Structure): string {
  const parts = blocks.map(({ shape, features, dims, count }) => {
    const what = `${shape} (${features} in ${dims})`;
    return count === 1 ? what : `${count} × ${what}`;
  });
  return [...parts, ...(ignored === 0 ? [] : [`${ignored} ignored`])].join(', ');
}

/** Table of eigenspaces of the quadratic model with unequal importances. */
export function eigenspaceTable(sizes: readonly OneEigenspace[]): ReportTable {
  return {
    caption:
      'Quadratic model with random importances (log-uniform from 1/4 to 4, different for each seed): seeds in which the partial features form one eigenspace of S',
    columns: [
      'model',
      'seeds',
      'one eigenspace',
      'found as a block',
      'largest spread of eigenvalues',
      'largest gap to the optimum',
    ],
    rows: sizes.map((size) => [
      `${size.features} in ${size.dims}`,
      String(size.seeds),
      frequency(size.oneEigenspace, size.seeds),
      frequency(size.found, size.seeds),
      formatNumber(size.tightness, 2),
      formatNumber(size.gap, 2),
    ]),
  };
}

/** Table of how many features neurons mix, before and after aligning blocks with neurons. */
export function neuronTable(rows: readonly NeuronMixing[]): ReportTable {
  return {
    caption:
      'Features that a neuron mixes (participation ratio of squared weights), mean over neurons: as trained, and with blocks aligned with the neurons',
    columns: [
      'architecture',
      'features in its block',
      'as trained',
      'aligned',
      'monosemantic neurons',
    ],
    rows: rows.map((row) => [
      row.name,
      formatNumber(row.blockSize, 3),
      formatNumber(row.before, 3),
      formatNumber(row.after, 3),
      `${(100 * row.monosemantic).toFixed(0)} %`,
    ]),
  };
}

/** Table of the steps at which blocks form, split, merge and dissolve. */
export function eventTable(runs: readonly TrainingDynamics[]): ReportTable {
  return {
    caption: 'Events in three training runs',
    columns: ['run', 'step', 'event', 'from', 'into'],
    rows: runs.flatMap(({ name, dynamics }) =>
      dynamics.events.map(({ step, kind, from, into }, at) => [
        at === 0 ? name : '',
        String(step),
        kind,
        blocksText(from),
        blocksText(into),
      ]),
    ),
  };
}

function blocksText(blocks: readonly (readonly number[])[]): string {
  return blocks.map((block) => `{${block.join(', ')}}`).join(' ');
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.96;

/** A frequency with its 95 % interval (Wilson 1927), which is informative even for 100 of 100. */
function frequency(count: number, of: number): string {
  const share = count / of;
  const middle = share + (Z * Z) / (2 * of);
  const half = Z * Math.sqrt((share * (1 - share)) / of + (Z / (2 * of)) ** 2);
  const [from, to] = [middle - half, middle + half].map((end) => (100 * end) / (1 + (Z * Z) / of));
  return `${(100 * share).toFixed(0)} %, ${from.toFixed(0)} to ${to.toFixed(0)} (${count} of ${of})`;
}

function withError({ mean, standardError }: Mean): string {
  if (standardError < 1e-12) return formatNumber(mean, 4);
  return `${formatNumber(mean, 4)} ± ${formatNumber(standardError, 1)}`;
}
