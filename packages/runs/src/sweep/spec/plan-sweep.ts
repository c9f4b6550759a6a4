import { basename, dirname, resolve } from 'node:path';
import { revision, version } from '@polysem/core/version';
import type { KernelName } from '@polysem/engine/kernels';
import { identity } from '../../identity.ts';
import type { Cell, CellSpec, ResultColumn } from '../cell.ts';
import type { CellSize } from '../cells/computation.ts';
import { computations } from '../cells/registry.ts';
import type { SweepPlan } from '../plan.ts';
import { expandAxes, type Axis } from './axes.ts';
import { cellIds } from './cell-ids.ts';
import { checkCells, digitsOf, type Points } from './check-cells.ts';
import { checkDocument } from './check-document.ts';
import { digestsOf } from './digests-of.ts';
import { axisColumn, cellValue } from './columns.ts';
import type { SweepDocument } from './document.ts';
import { kernelOfSweep } from './kernel-of-sweep.ts';
import { normaliseSweep, type NormalisedSweep } from './normalise-sweep.ts';
import { readSweep } from './parse-sweep.ts';
import { pointMaker } from './point-maker.ts';
import { problemAt, type Source } from './source.ts';

/** Options of {@link planSweep}. */
export interface PlanOptions {
  /** The kernel that trains, instead of that of the document. */
  readonly kernel?: KernelName | 'auto';
  /** Folder against which relative paths of input files are resolved (default: the current one). */
  readonly folder?: string;
  /** The text of the document, for messages. */
  readonly source?: Source;
}

/** Most cells of a sweep: their indices must be exact, and their results stored. */
const MOST_CELLS = 1e9;

/**
 * Checks a sweep and plans its cells, each of which is made when it is asked for.
 *
 * @param document the sweep as data; see docs/sweeps.md.
 * @param options kernel, folder and source.
 * @returns the plan.
 * @throws UsageError for a value that does not fit, with its place and the allowed values.
 *
 * @example
 * ```js
 * import { planSweep } from 'polysem/sweep';
 * const parameters = { importance: [4, 2, 1], kurtosis: 9 };
 * const axes = [{ parameter: 'dims', values: [1, 2] }];
 * const plan = planSweep({ compute: 'allocate', parameters, axes, seeds: 3 });
 * plan.size; // 6
 * plan.axisValues(4); // { dims: 2, seed: 1 }
 * ```
 */
export function planSweep(document: unknown, options: PlanOptions = {}): SweepPlan {
  const { source = null, folder = '.' } = options;
  const checked = checkDocument(document, source);
  const computation = computations[checked.compute];
  const fixed = checked.parameters ?? {};
  const axes = expandAxes(checked.axes, source);
  const files = Object.hasOwn(computation.schema.shape, 'file')
    ? digestsOf({ fixed, axes, source }, checked.files ?? {}, folder)
    : null;
  const points: Points = { computation, fixed, axes, source, files };
  checkAxes(points);
  checkCells(points);
  const kernel = kernelOfSweep(options.kernel ?? checked.kernel ?? 'auto', points);
  const normalised = normaliseSweep(
    { ...checked, ...(files && { files }) },
    computation,
    kernel,
    source,
  );
  return { ...cellsOf(normalised, points, kernel), folder };
}

/**
 * Reads a sweep from a file and plans it.
 *
 * @param path the file: YAML or JSON.
 * @param options kernel; the folder is that of the file.
 * @returns the plan.
 * @throws UsageError if the file cannot be read, or for a value that does not fit, with its line.
 *
 * @example
 * ```js
 * import { writeFileSync } from 'node:fs';
 * import { openSweep } from 'polysem/sweep';
 * writeFileSync('two.yaml', 'compute: allocate\nparameters: { importance: [2, 1], kurtosis: 9, dims: 1 }');
 * openSweep('two.yaml').name; // 'two'
 * ```
 */
export function openSweep(path: string, options: Pick<PlanOptions, 'kernel'> = {}): SweepPlan {
  const { data, source } = readSweep(path);
  const plan = planSweep(data, { ...options, folder: dirname(resolve(path)), source });
  const isNamed = (data as SweepDocument).name !== undefined;
  return isNamed ? plan : { ...plan, name: basename(path).replace(/\.[a-z]+$/i, '') };
}

function checkAxes({ axes, source }: Points): void {
  const seen = new Set<string>();
  for (const { parameter, path } of axes.flatMap(({ varied }) => varied)) {
    if (seen.has(parameter))
      throw problemAt(source, path, `${parameter} is on two axes; leave one of them out`);
    seen.add(parameter);
  }
  const size = axes.reduce((product, { count }) => product * count, 1);
  if (size > MOST_CELLS)
    throw problemAt(source, ['axes'], `${size} combinations exceed the limit of ${MOST_CELLS}`);
}

function cellsOf(
  document: NormalisedSweep,
  points: Points,
  kernel: KernelName,
): Omit<SweepPlan, 'folder'> {
  const { measurements, weights, seedAt, seedCount, spec } = document;
  const { computation, axes } = points;
  const size = axes.reduce((product, { count }) => product * count, seedCount);
  if (size > MOST_CELLS)
    throw problemAt(points.source, ['seeds'], `${size} cells exceed the limit of ${MOST_CELLS}`);
  const columns = axes.map(({ varied }) => varied.map((one) => axisColumn(one, computation)));
  const pointAt = lastOf(pointMaker(points));
  const sizeOf = lastOf((point: number): CellSize =>
    computation.size(pointAt(point).parameters, kernel),
  );
  const id = cellIds({ compute: computation.name, kernel, measurements, weights });
  const pointOf = (index: number): number => Math.floor(checkIndex(index, size) / seedCount);
  const seedOf = (index: number): number => seedAt(index % seedCount);
  const resultColumns = measurements.map((name): ResultColumn => {
    return { name, type: computation.measurements[name].type };
  });
  return {
    name: document.name,
    spec,
    identity: identity({ version, revision, kernel, spec }),
    kernel,
    size,
    axisColumns: [...columns.flat(), { name: 'seed', type: 'integer' }],
    resultColumns,
    cell: (index): Cell => {
      const point = pointAt(pointOf(index));
      const seed = seedOf(index);
      const { parameters } = point;
      const shared = { compute: computation.name, parameters, measurements, weights };
      const cellSpec: CellSpec = { ...shared, seed, version, revision, kernel };
      return { index, id: id(point, seed), spec: cellSpec };
    },
    axisValues: (index) => ({
      ...valuesAt(digitsOf(pointOf(index), axes), axes, columns),
      seed: seedOf(index),
    }),
    seconds: (index) => sizeOf(pointOf(index)).seconds,
    bytes: (index) => bytesOf(sizeOf(pointOf(index)), resultColumns, weights),
  };
}

/** A function that remembers its last value, since cells that differ in the seed alone share their parameters. */
function lastOf<T>(compute: (point: number) => T): (point: number) => T {
  let last = -1;
  let value: T;
  return (point) => {
    if (point !== last) {
      value = compute(point);
      last = point;
    }
    return value;
  };
}

function checkIndex(index: number, size: number): number {
  if (Number.isInteger(index) && index >= 0 && index < size) return index;
  throw new RangeError(`cell: must be an integer from 0 to ${size - 1}, got ${index}`);
}

function valuesAt(
  digits: readonly number[],
  axes: readonly Axis[],
  columns: readonly (readonly ResultColumn[])[],
): Record<string, number | string> {
  const values: Record<string, number | string> = {};
  for (const [place, { varied }] of axes.entries()) {
    for (const [k, { values: list }] of varied.entries()) {
      const { name, type } = columns[place][k];
      values[name] = cellValue(list[digits[place]], type);
    }
  }
  return values;
}

/** Bytes of a number in the table, of one of text, and of the frame of a file of weights. */
const BYTES = { number: 8, text: 12, weights: 8, file: 1500 };

function bytesOf(
  { features, weights: numbers }: CellSize,
  columns: readonly ResultColumn[],
  weights: boolean,
): number {
  const row = columns.reduce((sum, { type }) => {
    if (type === 'numbers') return sum + BYTES.number * features;
    return sum + (type === 'text' ? BYTES.text : BYTES.number);
  }, 64);
  return row + (weights ? BYTES.file + BYTES.weights * numbers : 0);
}
