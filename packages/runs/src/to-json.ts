/**
 * Converts a result to JSON. Typed arrays become lists; NaN and infinities become null.
 *
 * @param value the result.
 * @param indent spaces per level; one line if absent.
 * @returns the JSON text.
 *
 * @example
 * ```js
 * import { toJson } from 'polysem/reports';
 * toJson({ capacity: Float64Array.of(0.5, NaN) }); // '{"capacity":[0.5,null]}'
 * ```
 */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, field: unknown) =>
      ArrayBuffer.isView(field) ? Array.from(field as Float64Array) : field,
    indent,
  );
}
