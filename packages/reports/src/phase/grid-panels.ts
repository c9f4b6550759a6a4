import {
  contourLines,
  DISAGREEMENT,
  FULL_ABOVE,
  IGNORED_BELOW,
  phaseNameOf,
  PLATEAU,
  type GridAxis,
  type GridDiagram,
  type RefinedStep,
} from '@polysem/engine/phase';
import type { PhaseDiagramData } from '@polysem/figures';

const LABELS = {
  importance: 'importance V',
  density: 'density p',
  kurtosis: 'kurtosis of the inputs',
  dims: 'dimensions D',
  features: 'features N',
} as const;

/** Contour levels that bound named phases; drawn more strongly. */
const NAMED: ReadonlySet<number> = new Set([IGNORED_BELOW, ...PLATEAU, FULL_ABOVE]);
const LEVELS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.47, 0.53, 0.6, 0.7, 0.8, 0.9];

function drawnAxis({ parameter, values }: GridAxis) {
  const isWhole = parameter === 'dims' || parameter === 'features';
  return {
    label: LABELS[parameter],
    scale: isWhole ? ('linear' as const) : ('log' as const),
    values,
    isWhole,
  };
}

/**
 * Converts a diagram to a map of the capacity of the varied feature, with contours.
 *
 * @param diagram the computed grid.
 * @returns data for the figure.
 *
 * @example
 * ```js
 * import { capacityMap } from 'polysem/reports';
 * const x = { parameter: 'importance', values: [0.1, 1, 10] };
 * const y = { parameter: 'density', values: [1, 0.1] };
 * const capacity = Float64Array.of(0, 0.5, 1, 0, 0.5, 1);
 * capacityMap({ spec: { x, y }, capacity }).x.label; // 'importance V'
 * ```
 */
export function capacityMap(diagram: GridDiagram): PhaseDiagramData {
  const { capacity, spec } = diagram;
  const [rows, columns] = [spec.y.values.length, spec.x.values.length];
  return {
    x: drawnAxis(spec.x),
    y: drawnAxis(spec.y),
    values: capacity,
    colour: { map: 'viridis', label: 'capacity C', domain: [0, 1] },
    contours: LEVELS.map((level) => ({
      level,
      lines: contourLines(capacity, rows, columns, level),
      isNamed: NAMED.has(level),
    })),
  };
}

/**
 * Converts a diagram to a map of phases, with the contours that bound them.
 *
 * @param diagram the computed grid.
 * @returns data for the figure.
 *
 * @example
 * ```js
 * import { phaseMap } from 'polysem/reports';
 * const x = { parameter: 'importance', values: [0.1, 1, 10] };
 * const y = { parameter: 'density', values: [1, 0.1] };
 * const capacity = Float64Array.of(0, 0.5, 1, 0, 0.5, 1);
 * phaseMap({ spec: { x, y }, capacity }).phases.slice(0, 3); // ['ignored', 'plateau', 'full']
 * ```
 */
export function phaseMap(diagram: GridDiagram): PhaseDiagramData {
  const map = capacityMap(diagram);
  return {
    ...map,
    phases: Array.from(diagram.capacity, (c) => (Number.isNaN(c) ? null : phaseNameOf(c))),
    contours: (map.contours ?? []).filter(({ isNamed }) => isNamed),
  };
}

/**
 * Lines at refined steps across which the capacity still jumps: one segment per jump, as high as its row.
 *
 * @param diagram the computed grid.
 * @param steps refined steps between cells.
 * @returns the option `lines` of the figure, or an empty object if there is nothing to draw.
 *
 * @example
 * ```js
 * import { jumpLines } from 'polysem/reports';
 * const y = { parameter: 'density', values: [1, 0.1] };
 * const step = { row: 0, column: 0, from: 0.9, to: 1.1, capacityFrom: 0, capacityTo: 1 };
 * jumpLines({ spec: { y } }, [step]).lines.length; // 1
 * jumpLines({ spec: { y } }, []); // {}
 * ```
 */
export function jumpLines(
  { spec }: GridDiagram,
  steps: readonly RefinedStep[],
): Pick<PhaseDiagramData, 'lines'> {
  const jumps = steps.filter(
    ({ capacityFrom, capacityTo }) => Math.abs(capacityTo - capacityFrom) > DISAGREEMENT,
  );
  if (jumps.length === 0) return {};
  const y = spec.y.values;
  const points = jumps.flatMap(({ row, from, to }) => {
    const ends = [row, row + 1].map((edge) => y[row] * (y[1] / y[0]) ** (edge - row - 0.5));
    const x = Math.sqrt(from * to);
    return [[x, ends[0]] as const, [x, ends[1]] as const, [NaN, NaN] as const];
  });
  return y.length < 2 || spec.y.parameter === 'dims' || spec.y.parameter === 'features'
    ? {}
    : { lines: [{ label: 'C jumps', points, isLight: true }] };
}
