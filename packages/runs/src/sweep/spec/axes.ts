import { createHash } from 'node:crypto';
import { interpolateLog, logSpaced } from '@polysem/numerics/elementary';
import {
  childGenerator,
  generator,
  integerBelow,
  uniform,
  uniformBetween,
} from '@polysem/numerics/random';
import type { Json } from '../cell.ts';
import type { AxisDocument, Range, SweepDocument } from './document.ts';
import { AXIS_FORMS } from './schema.ts';
import { problemAt, type Path, type Source } from './source.ts';

/** A parameter that varies along an axis. */
export interface VariedParameter {
  readonly parameter: string;
  /** One value per place on the axis. */
  readonly values: ArrayLike<Json>;
  /** Place of the parameter in the document. */
  readonly path: Path;
  /** True if the values are listed one by one. */
  readonly isListed: boolean;
}

/** Values that advance together. */
export interface Axis {
  readonly count: number;
  readonly varied: readonly VariedParameter[];
}

/**
 * Expands the axes of a document.
 *
 * @param axes the axes.
 * @param source the text, for messages.
 * @returns the values along each axis.
 * @throws UsageError for a malformed axis.
 */
export function expandAxes(axes: SweepDocument['axes'], source: Source | null): Axis[] {
  return (axes ?? []).map((axis, place) => {
    const path = ['axes', place];
    if (!('zip' in axis) || axis.zip === undefined)
      return axisOf([withoutRepetition(expand(axis as AxisDocument, path, source), source)]);
    for (const key of ['parameter', ...AXIS_FORMS]) {
      if ((axis as Partial<AxisDocument>)[key as 'values'] !== undefined)
        throw problemAt(source, [...path, key], 'stands beside zip; move it into the list of zip');
    }
    const varied = axis.zip.map((one, k) => expand(one, [...path, 'zip', k], source));
    const lengths = varied.map(({ values }) => values.length);
    if (new Set(lengths).size > 1)
      throw problemAt(
        source,
        [...path, 'zip'],
        `axes that advance together must have the same number of values, got ${lengths.join(', ')}`,
      );
    return axisOf(varied);
  });
}

function axisOf(varied: readonly VariedParameter[]): Axis {
  return { count: varied[0].values.length, varied };
}

function expand(axis: AxisDocument, path: Path, source: Source | null): VariedParameter {
  const forms = AXIS_FORMS.filter((form) => axis[form] !== undefined);
  if (axis.parameter === undefined)
    throw problemAt(source, [...path, 'parameter'], 'is missing; add the name of a parameter');
  if (forms.length !== 1)
    throw problemAt(
      source,
      path,
      `expected exactly one of ${AXIS_FORMS.join(', ')}, got ${forms.join(' and ') || 'none'}`,
    );
  const [form] = forms;
  const at = [...path, form];
  const { parameter } = axis;
  const values = form === 'values' ? (axis.values ?? []) : spaced(axis, form, at, source);
  return { parameter, values, path: at, isListed: form === 'values' };
}

/** Refuses a value that is listed twice. */
function withoutRepetition(axis: VariedParameter, source: Source | null): VariedParameter {
  const { values, path, isListed } = axis;
  const seen = new Map<string, number>();
  if (!isListed) return axis;
  for (const [place, value] of Array.from(values).entries()) {
    const text = JSON.stringify(value);
    const first = seen.get(text);
    if (first !== undefined)
      throw problemAt(source, [...path, place], `${text} is listed twice; leave one out`);
    seen.set(text, place);
  }
  return axis;
}

function spaced(
  axis: AxisDocument,
  form: 'linear' | 'log' | 'random',
  path: Path,
  source: Source | null,
): ArrayLike<number> {
  const range = axis[form] as Range;
  const isLog = form === 'log' || axis.random?.distribution === 'log-uniform';
  for (const end of ['from', 'to'] as const) {
    if (isLog && !(range[end] > 0))
      throw problemAt(
        source,
        [...path, end],
        `expected a number above 0 on a logarithmic axis, got ${range[end]}`,
      );
  }
  if (form === 'linear') return linear(range);
  if (form === 'log') return logSpaced(range.from, range.to, range.count);
  const random = axis.random ?? range;
  return randomValues(random, axis.parameter, (message) => problemAt(source, path, message));
}

/** Numbers with equal differences; both ends are exact. */
function linear({ from, to, count }: Range): Float64Array {
  if (count === 1) return Float64Array.of(from);
  const last = count - 1;
  return Float64Array.from({ length: count }, (_, i) =>
    i === 0 ? from : i === last ? to : (from * (last - i) + to * i) / last,
  );
}

/** Random numbers; the name of the parameter keeps axes with the same seed independent. */
function randomValues(
  random: NonNullable<AxisDocument['random']>,
  parameter: string,
  problem: (message: string) => Error,
): Float64Array {
  const { distribution = 'uniform', from, to, count, seed = 0 } = random;
  if (from > to) throw problem(`expected from <= to, got ${from} and ${to}; exchange them`);
  const digest = createHash('sha256').update(parameter).digest();
  const g = childGenerator(generator(seed), digest.readUInt32LE(0));
  const draw = {
    uniform: () => uniformBetween(g, from, to),
    'log-uniform': () => interpolateLog(from, to, uniform(g)),
    integers: () => from + integerBelow(g, to - from + 1),
  }[distribution];
  if (distribution === 'integers') {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || to - from >= 2 ** 32)
      throw problem(`expected integers less than 2^32 apart, got ${from} and ${to}`);
  }
  return Float64Array.from({ length: count }, draw);
}
