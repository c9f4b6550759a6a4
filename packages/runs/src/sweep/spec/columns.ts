import type { Json, ResultColumn } from '../cell.ts';
import type { Computation } from '../cells/computation.ts';
import type { VariedParameter } from './axes.ts';

/**
 * The column of a parameter along an axis.
 *
 * @param varied the parameter and its values.
 * @param computation its schema and measurements.
 * @returns the column; `<parameter>Parameter` if a measurement has the name of the parameter.
 */
export function axisColumn(
  { parameter, values }: VariedParameter,
  { schema, measurements }: Computation,
): ResultColumn {
  const isTaken = Object.hasOwn(measurements, parameter) || parameter === 'seed';
  const name = isTaken ? `${parameter}Parameter` : parameter;
  const isNumeric =
    values instanceof Float64Array ||
    Array.from(values).every((value) => typeof value === 'number');
  if (!isNumeric) return { name, type: 'text' };
  // A parameter that refuses a half is an integer.
  const isInteger = !schema.shape[parameter].safeParse(0.5).success;
  return { name, type: isInteger && allIntegers(values) ? 'integer' : 'number' };
}

function allIntegers(values: ArrayLike<Json>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isInteger(values[i])) return false;
  return true;
}

/**
 * A value as the table holds it.
 *
 * @param value the value along an axis.
 * @param type type of the column.
 * @returns a number or a word; other values as JSON.
 */
export function cellValue(value: Json, type: ResultColumn['type']): number | string {
  if (type !== 'text' && typeof value === 'number') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
