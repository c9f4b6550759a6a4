import { phaseDiagramPanelsFigure, type GridAxis, type PhaseDiagramPanel } from '@polysem/figures';
import type { SweepResults } from '@polysem/runs/sweep/results';
import type { ReportFigure } from '../page/page.ts';
import { counted } from '../text/counted.ts';
import { valueText, type ShownAxis } from './axes.ts';
import { domainOf, gridAxisOf } from './map-axes.ts';
import type { PictureData } from './pictures.ts';
import { SHAPES, type SweepPoint } from './points.ts';

/** Most diagrams of a figure. */
const MOST_DIAGRAMS = 18;
/** Diagrams side by side. */
const ACROSS = 3;

/** One whole diagram: the result of a cell. */
interface Diagram {
  readonly title: string;
  readonly x: GridAxis;
  readonly y: GridAxis;
  readonly point: SweepPoint;
}

/**
 * The figures of a sweep of `grid` computations: for each measurement with one number per point, the diagrams of the cells
 * side by side, those of the first seed.
 *
 * @param results the results, which name the axes of the diagrams.
 * @param data points and axes.
 * @param axes the axes with at least two values, which title the diagrams.
 * @returns one figure per measurement; none if `columns` was not measured.
 */
export function gridPictures(
  results: SweepResults,
  data: Pick<PictureData, 'columns' | 'points' | 'seeds' | 'provenance'>,
  axes: readonly ShownAxis[],
): ReportFigure[] {
  const { points, columns, seeds, provenance } = data;
  const all = points.flatMap((point) => diagramOf(results, point, axes));
  const shown = all.slice(0, MOST_DIAGRAMS);
  if (shown.length === 0) return [];
  return columns.flatMap(({ name, type }): ReportFigure[] => {
    if (type !== 'numbers' || SHAPES.has(name)) return [];
    const lists = shown.map(
      ({ point }) => (point.values[name] as readonly (readonly number[])[])[0],
    );
    const domain = domainOf(
      name,
      lists.flatMap((list) => list ?? []),
    );
    const panels = shown.flatMap(({ title, x, y }, k): PhaseDiagramPanel[] => {
      const values = lists[k];
      if (values?.length !== x.values.length * y.values.length) return [];
      return [{ title, x, y, values, colour: { map: 'viridis', label: name, domain } }];
    });
    if (panels.length === 0) return [];
    const width = 40 + 330 * Math.min(ACROSS, panels.length);
    const some = shown.length < all.length ? `, the first ${shown.length} of ${all.length}` : '';
    const seed = seeds > 1 ? `, of the first seed of ${seeds}` : '';
    return [
      {
        svg: phaseDiagramPanelsFigure(panels, { width, provenance }),
        name,
        caption: `${name}: ${counted(panels.length, 'diagram')}${some}${seed}.`,
      },
    ];
  });
}

function diagramOf(
  results: SweepResults,
  point: SweepPoint,
  axes: readonly ShownAxis[],
): Diagram[] {
  const [columns] = (point.values.columns ?? []) as readonly number[];
  const lists = Object.entries(point.values).flatMap(([name, each]) =>
    SHAPES.has(name) || typeof each[0] !== 'object' ? [] : [each[0].length],
  );
  if (columns === undefined || lists.length === 0) return [];
  const title = axes
    .map((axis) => {
      const value = valueText(axis.values[point.places[axis.place]]);
      return axis.name.includes(',') ? value : `${axis.name} = ${value}`;
    })
    .join(', ');
  const side = (name: 'x' | 'y', usual: string, count: number): GridAxis =>
    gridAxisOf(
      parameterOf(results, point, name) ?? usual,
      (point.values[`${name}Values`]?.[0] as readonly number[] | undefined) ??
        Array.from({ length: count }, (_, i) => i),
    );
  const x = side('x', 'importance', columns);
  const y = side('y', 'density', lists[0] / columns);
  return [{ title, x, y, point }];
}

/** The parameter along a side of the diagram of a point; null if the spec does not name it. */
function parameterOf(
  { axes, manifest }: SweepResults,
  { places }: SweepPoint,
  name: 'x' | 'y',
): string | null {
  const fixed = (manifest.spec.parameters as Readonly<Record<string, unknown>>)[name];
  const varied = axes.flatMap(({ parameters }, k) =>
    parameters
      .filter(({ column }) => column.name === name)
      .map(({ values }) => JSON.parse(String(values[places[k]])) as unknown),
  );
  const side = (varied[0] ?? fixed) as { readonly parameter?: string } | undefined;
  return side?.parameter ?? null;
}
