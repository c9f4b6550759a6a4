import { embedding, gram } from '@polysem/core/embedding';
import { version } from '@polysem/core/version';
import {
  blockName,
  capacityBarsFigure,
  embeddingArrowsFigure,
  gramHeatMapFigure,
  lossFigure,
  phaseDiagramPanelsFigure,
  type FigureOptions,
  type PhaseDiagramPanel,
} from '@polysem/figures';
import { importancesOf, type AxisState } from '../state/state.ts';
import { modelWords } from '../view/models.ts';
import { configurationOf, type ShownResults } from './results.ts';

/** A figure that can be saved, as a function of what the page shows. */
export interface SavedFigure {
  readonly name: string;
  /** File name without ending. */
  readonly file: string;
  /** An SVG document that carries configuration, seed and version; null if there is nothing to draw yet. */
  readonly draw: (results: ShownResults, theme: 'light' | 'dark') => string | null;
}

function options(results: ShownResults, theme: 'light' | 'dark', title: string): FigureOptions {
  const { seed } = results.state;
  const provenance = { polysem: version, seed, configuration: configurationOf(results) };
  return { title, theme, provenance };
}

const startWords = ({ state }: ShownResults): string =>
  state.start === null ? 'the best start' : `start ${state.start} of ${state.restarts}`;

const sizes = ({ state }: ShownResults): string =>
  `${state.features} features in ${state.dims} dimensions, ${modelWords(state)}`;

function axis({ parameter }: AxisState, values: readonly number[]) {
  const isWhole = parameter === 'dims' || parameter === 'features';
  const label = { importance: 'importance of feature 0', density: 'density' }[parameter as string];
  const scale = isWhole ? ('linear' as const) : ('log' as const);
  return { label: label ?? parameter, scale, values, isWhole };
}

function diagram(results: ShownResults, theme: 'light' | 'dark'): string | null {
  const { state, columns, rows, predicted, trained } = results;
  const axes = { x: axis(state.x, columns), y: axis(state.y, rows) };
  const colour = { map: 'viridis', label: 'capacity of feature 0', domain: [0, 1] } as const;
  const panel = (title: string, values: Float64Array | undefined): PhaseDiagramPanel[] =>
    values === undefined ? [] : [{ title, ...axes, values, colour }];
  const panels = [
    ...panel('Theory, quadratic model', predicted?.capacity),
    ...panel(`Trained, ${modelWords(state)}`, trained?.capacity),
  ];
  if (panels.length === 0) return null;
  return phaseDiagramPanelsFigure(panels, options(results, theme, sizes(results)));
}

function network(results: ShownResults, theme: 'light' | 'dark'): string | null {
  const { dims, features, weights, capacity, blocks } = results.shown;
  if (dims !== 2 && dims !== 3) return null;
  const blockOf = Array.from<unknown, number | null>({ length: features }, (_, i) => {
    const block = blocks.findIndex((one) => one.features.includes(i));
    return block < 0 ? null : block;
  });
  return embeddingArrowsFigure(
    {
      embedding: embedding(dims, features, weights),
      capacities: capacity,
      blockOf,
      blockNames: blocks.map(({ name }) => name),
    },
    options(results, theme, sizes(results)),
  );
}

function heatMap(results: ShownResults, theme: 'light' | 'dark'): string | null {
  const { dims, features, weights, blocks } = results.shown;
  return gramHeatMapFigure(
    {
      gram: gram(embedding(dims, features, weights)),
      features,
      blocks: blocks.map(({ features: own, name }, k) => ({
        features: own,
        name: blockName(k, name),
      })),
    },
    options(results, theme, `Inner products, ${sizes(results)}`),
  );
}

function shares(results: ShownResults, theme: 'light' | 'dark'): string | null {
  const { state, shown, theory } = results;
  return capacityBarsFigure(
    {
      capacities: theory.capacity,
      importances: importancesOf(state),
      measured: { label: `trained, ${modelWords(state)}`, capacities: shown.capacity },
      dims: state.dims,
    },
    options(results, theme, `Capacity: quadratic theory and training, ${sizes(results)}`),
  );
}

function losses(results: ShownResults, theme: 'light' | 'dark'): string | null {
  const { result } = results;
  if (result === null || result.history.length < 2) return null;
  const points = result.history.filter(({ loss }) => loss > 0);
  const restarts = [
    { steps: points.map(({ step }) => step), loss: points.map(({ loss }) => loss) },
  ];
  return lossFigure(
    { restarts, ...(result.optimum !== null && { optimum: result.optimum }) },
    options(results, theme, `Training loss of ${startWords(results)}, ${sizes(results)}`),
  );
}

/** The figures of the page. */
export const savedFigures: readonly SavedFigure[] = [
  { name: 'Phase diagram', file: 'phase-diagram', draw: diagram },
  { name: 'Network', file: 'network', draw: network },
  { name: 'Inner products', file: 'inner-products', draw: heatMap },
  { name: 'Shares', file: 'shares', draw: shares },
  { name: 'Loss', file: 'loss', draw: losses },
];
