/** A result as one line of JSON: typed arrays as lists, numbers that are not finite as null. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, field: unknown) =>
      ArrayBuffer.isView(field) ? Array.from(field as Float64Array) : field,
    indent,
  );
}
