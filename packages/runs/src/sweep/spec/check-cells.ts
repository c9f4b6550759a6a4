import { FILE_PARAMETERS } from '../cells/file-parameters.ts';
import type { z } from 'zod';
import type { Json } from '../cell.ts';
import type { Computation, Parameters } from '../cells/computation.ts';
import type { Axis, VariedParameter } from './axes.ts';
import { sentenceOf, shown } from './check-document.ts';
import { problemAt, type Path, type Source } from './source.ts';

/** Most points that are all checked; of larger sweeps, the values of each axis are. */
const MOST_POINTS = 2000;
/** Most values of an axis that are checked in a larger sweep. */
const MOST_VALUES = 1000;

/** The points of a sweep that are being checked. */
export interface Points {
  readonly computation: Computation;
  readonly fixed: Parameters;
  readonly axes: readonly Axis[];
  readonly source: Source | null;
  /** SHA-256 of each input file by the path that the document names; null if the computation reads none. */
  readonly files: Readonly<Record<string, string>> | null;
}

/**
 * Checks the values along the axes: each by itself, and each with the first values of all other axes; in small sweeps every
 * combination.
 *
 * @param points the points.
 * @throws UsageError that names the axis and the value.
 */
export function checkCells(points: Points): void {
  const { axes, fixed, source } = points;
  for (const { varied } of axes) {
    for (const one of varied) {
      if (Object.hasOwn(fixed, one.parameter))
        throw problemAt(
          source,
          ['parameters', one.parameter],
          `${one.parameter} is on an axis too; leave one of them out`,
        );
      checkValues(one, points);
    }
  }
  const size = axes.reduce((product, { count }) => product * count, 1);
  if (size <= MOST_POINTS) {
    for (let point = 0; point < size; point++) checkPoint(digitsOf(point, axes), points);
    return;
  }
  const last = axes.map(({ count }) => count - 1);
  for (const [place, { count }] of axes.entries()) {
    for (const digit of someOf(count)) {
      const first = axes.map((_, at) => (at === place ? digit : 0));
      checkPoint(first, points);
    }
  }
  checkPoint(last, points);
}

/**
 * The place on each axis of a point.
 *
 * @param point index of the point; the last axis varies fastest.
 * @param axes the axes.
 * @returns one index per axis.
 */
export function digitsOf(point: number, axes: readonly Axis[]): number[] {
  const digits: number[] = Array.from({ length: axes.length }, () => 0);
  let rest = point;
  for (let place = axes.length - 1; place >= 0; place--) {
    const { count } = axes[place];
    digits[place] = rest % count;
    rest = Math.floor(rest / count);
  }
  return digits;
}

/**
 * The parameters of a point, without defaults.
 *
 * @param digits one index per axis.
 * @param points the fixed parameters and the axes.
 * @returns the parameters.
 */
export function parametersAt(
  digits: readonly number[],
  { fixed, axes, files }: Pick<Points, 'fixed' | 'axes' | 'files'>,
): Parameters {
  const parameters: Record<string, Json> = { ...fixed };
  for (let place = 0; place < axes.length; place++) {
    for (const { parameter, values } of axes[place].varied)
      parameters[parameter] = values[digits[place]];
  }
  for (const [name, digest] of Object.entries(FILE_PARAMETERS)) {
    const file = parameters[name];
    if (files !== null && typeof file === 'string') parameters[digest] = files[file];
  }
  return parameters;
}

/** Indices from 0 to `count` - 1, both included; some of them if there are many. */
function someOf(count: number): number[] {
  const some = Math.min(count, MOST_VALUES);
  return Array.from({ length: some }, (_, k) =>
    some === 1 ? 0 : Math.round((k * (count - 1)) / (some - 1)),
  );
}

function pathOf({ path, isListed }: VariedParameter, place: number): Path {
  return isListed ? [...path, place] : path;
}

/** Checks the type and range of each value. */
function checkValues(varied: VariedParameter, { computation, source }: Points): void {
  const { parameter, values, isListed } = varied;
  const schema = computation.schema.shape[parameter] as z.ZodType;
  const places = isListed
    ? Array.from({ length: values.length }, (_, k) => k)
    : someOf(values.length);
  for (const place of places) {
    const checked = schema.safeParse(values[place], { reportInput: true });
    if (checked.success) continue;
    const [issue] = checked.error.issues;
    const found = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown>)?.[key],
      values[place],
    );
    throw problemAt(source, pathOf(varied, place), `${parameter}: ${sentenceOf(issue, found)}`);
  }
}

function checkPoint(digits: readonly number[], points: Points): void {
  const { computation, source } = points;
  try {
    computation.check(computation.resolve(parametersAt(digits, points)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw problemAt(source, ...explain(error.message, digits, points));
  }
}

/** Fields of messages whose parameters have other names. */
const PARAMETERS: Readonly<Record<string, string>> = {
  inputs: 'density',
  marginal: 'density',
  stopping: 'earlyStop',
  importanceRole: 'importanceAs',
};

/** The place and the sentence for an error of a point. */
function explain(message: string, digits: readonly number[], { axes }: Points): [Path, string] {
  const [prefix, field] = /^([a-zA-Z0-9]+)(?:\[\d+\])?(?:\.[a-zA-Z]+)?: /.exec(message) ?? [''];
  const name = field === undefined ? '' : (PARAMETERS[field] ?? field);
  const said = message.slice(prefix.length);
  const place = axes.findIndex(({ varied }) => varied.some(({ parameter }) => parameter === name));
  const where = axes.flatMap(({ varied }, at) =>
    varied.map(({ parameter, values }) => `${parameter} ${shown(values[digits[at]])}`),
  );
  const own = place < 0 || name === '' ? said : `${name}: ${said}`;
  const sentence = where.length === 0 ? own : `${own} (at ${where.join(', ')})`;
  if (place >= 0) {
    const varied = axes[place].varied.find(({ parameter }) => parameter === name);
    return [pathOf(varied as VariedParameter, digits[place]), sentence];
  }
  return [['parameters', ...(name === '' ? [] : [name])], sentence];
}
