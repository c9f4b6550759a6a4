/** A typed array of numbers. */
export type Numbers =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | BigInt64Array
  | BigUint64Array;

/** A constructor of typed arrays. */
export interface NumbersType {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): Numbers;
}

const TYPES: Readonly<Record<string, NumbersType>> = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
};

/** Key of the objects that stand for values without a JSON form. */
const TAG = '$';

/** A value as JSON and its typed arrays, in the order in which the JSON refers to them. */
export interface Encoded {
  readonly json: unknown;
  readonly arrays: readonly Numbers[];
}

/**
 * Splits a value into JSON and typed arrays. The JSON holds a reference, with type and length, in place of each array, and
 * a tagged object in place of numbers that JSON lacks (NaN, infinities, -0) and of undefined.
 *
 * @param value null, booleans, numbers, strings, undefined, and lists, plain objects and typed arrays of any depth.
 * @returns the JSON and the arrays, which are not copied.
 * @throws TypeError for other values, such as functions, maps and class instances.
 */
export function encode(value: unknown): Encoded {
  const arrays: Numbers[] = [];
  return { json: encodeInto(arrays, value), arrays };
}

function encodeInto(arrays: Numbers[], value: unknown): unknown {
  if (value === undefined) return { [TAG]: 'undefined' };
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { [TAG]: 'number', text: '-0' };
    return Number.isFinite(value) ? value : { [TAG]: 'number', text: String(value) };
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (isNumbers(value)) {
    arrays.push(value);
    return { [TAG]: value.constructor.name, length: value.length };
  }
  // `Array.from` visits holes too.
  if (Array.isArray(value)) return Array.from(value, (item) => encodeInto(arrays, item));
  if (!isPlain(value)) throw new TypeError(`store: cannot keep ${describe(value)}`);
  const fields = Object.entries(value).map(([key, field]) => [key, encodeInto(arrays, field)]);
  return TAG in value ? { [TAG]: 'object', fields } : Object.fromEntries(fields);
}

/**
 * Restores a value from its JSON.
 *
 * @param json the JSON that {@link encode} returned.
 * @param take returns the next typed array, of the given type and length.
 * @returns a value equal to the encoded one, to the last bit.
 * @throws TypeError if the JSON has another form.
 */
export function decode(
  json: unknown,
  take: (Type: NumbersType, length: number) => Numbers,
): unknown {
  if (Array.isArray(json)) return json.map((item) => decode(item, take));
  if (typeof json !== 'object' || json === null) return json;
  const { [TAG]: tag, text, length, fields } = json as Record<string, unknown>;
  if (tag === undefined)
    return Object.fromEntries(
      Object.entries(json).map(([key, field]) => [key, decode(field, take)]),
    );
  if (tag === 'undefined') return undefined;
  if (tag === 'number') return Number(text);
  if (tag === 'object' && Array.isArray(fields))
    return Object.fromEntries(
      (fields as [string, unknown][]).map(([key, field]) => [key, decode(field, take)]),
    );
  if (typeof tag === 'string' && Object.hasOwn(TYPES, tag))
    return take(TYPES[tag], length as number);
  throw new TypeError(`store: unknown tag ${String(tag)}`);
}

/** The bytes of a typed array, without a copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isNumbers(value: unknown): value is Numbers {
  return ArrayBuffer.isView(value) && Object.hasOwn(TYPES, value.constructor.name);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? `an instance of ${value.constructor.name}`
    : `a ${typeof value}`;
}
