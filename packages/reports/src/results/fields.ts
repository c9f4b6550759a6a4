import { FormatError } from '@polysem/io/bytes';

/** Bounds of a number. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
  readonly isWhole?: boolean;
}

/** Reads the fields of a JSON object. Each function refuses a field that is missing or of another type. */
export interface Fields {
  readonly has: (name: string) => boolean;
  readonly raw: (name: string) => unknown;
  readonly object: (name: string) => Fields;
  /** The objects of a list. */
  readonly objects: (name: string) => Fields[];
  readonly number: (name: string, bounds?: Bounds) => number;
  readonly text: (name: string) => string;
  readonly boolean: (name: string) => boolean;
  readonly choice: <T extends string>(name: string, names: readonly T[]) => T;
  /** A list of numbers; null, which JSON has for NaN, is accepted where `isNullable`. */
  readonly numbers: (name: string, shape: NumbersShape) => Float64Array;
  /** Throws an error that names the field, what it is and what it must be. */
  readonly refuse: (name: string, mustBe: string) => never;
}

/** Length and bounds of a list of numbers. */
export interface NumbersShape extends Bounds {
  /** Any length if absent. */
  readonly length?: number;
  readonly isNullable?: boolean;
}

/** Where a value is: file and field; and what to do if it is malformed. */
export interface Place {
  readonly file: string;
  /** Empty for the whole file. */
  readonly path: string;
  /** For example `write it again with polysem phase --json`. */
  readonly fix: string;
}

/** Longest value that an error quotes. */
const QUOTED = 40;

/** A value of JSON in an error. */
function shown(value: unknown): string {
  if (value === undefined) return 'is missing';
  const text = JSON.stringify(value);
  return `is ${text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text}`;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWithin = (
  value: unknown,
  { least = -Infinity, most = Infinity, isWhole = false }: Bounds,
): value is number =>
  typeof value === 'number' &&
  Number.isFinite(value) &&
  value >= least &&
  value <= most &&
  (!isWhole || Number.isSafeInteger(value));

function boundsText({ least, most, isWhole = false }: Bounds): string {
  const kind = isWhole ? 'a whole number' : 'a number';
  if (least !== undefined && most !== undefined) return `${kind} from ${least} to ${most}`;
  if (least !== undefined) return `${kind} of at least ${least}`;
  return most === undefined ? kind : `${kind} of at most ${most}`;
}

/**
 * Wraps a JSON value for reading its fields.
 *
 * @param value the value.
 * @param place the file, the field of the value, and what to do if it is malformed.
 * @returns functions that read its fields.
 * @throws FormatError if the value is not an object.
 */
// Long because each type of field has a function.
export function fieldsOf(value: unknown, place: Place): Fields {
  const { file, path, fix } = place;
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (!isObject(value))
    throw new FormatError(
      file,
      `${path === '' ? 'the file' : path} ${shown(value)}, must be an object; ${fix}`,
    );
  const raw = (name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);
  const refuse = (name: string, mustBe: string): never => {
    throw new FormatError(file, `${at(name)} ${shown(raw(name))}, must be ${mustBe}; ${fix}`);
  };
  const nested = (name: string): Place => ({ ...place, path: at(name) });
  return {
    has: (name) => raw(name) !== undefined,
    raw,
    refuse,
    object: (name) => fieldsOf(raw(name), nested(name)),
    objects: (name) => {
      const list = raw(name);
      if (!Array.isArray(list)) return refuse(name, 'a list');
      return list.map((one, k) => fieldsOf(one, nested(`${name}[${k}]`)));
    },
    number: (name, bounds = {}) => {
      const found = raw(name);
      return isWithin(found, bounds) ? found : refuse(name, boundsText(bounds));
    },
    text: (name) => {
      const found = raw(name);
      return typeof found === 'string' ? found : refuse(name, 'text');
    },
    boolean: (name) => {
      const found = raw(name);
      return typeof found === 'boolean' ? found : refuse(name, 'true or false');
    },
    choice: (name, names) =>
      names.find((one) => one === raw(name)) ?? refuse(name, `one of ${names.join(', ')}`),
    numbers: (name, shape) => {
      const list = raw(name);
      const { length, isNullable = false } = shape;
      if (!Array.isArray(list) || (length !== undefined && list.length !== length))
        return refuse(name, length === undefined ? 'a list' : `a list of ${length} numbers`);
      const isFine = (one: unknown): boolean =>
        isWithin(one, shape) || (isNullable && one === null);
      const bad = list.findIndex((one) => !isFine(one));
      if (bad >= 0)
        throw new FormatError(
          file,
          `${at(name)}[${bad}] ${shown(list[bad])}, must be ${boundsText(shape)}; ${fix}`,
        );
      return Float64Array.from(list as (number | null)[], (one) => one ?? NaN);
    },
  };
}

/**
 * Runs a check of the packages, and adds the file, the parent field and what to do to its error.
 *
 * @param place the file and the field that is checked.
 * @param check the check.
 * @returns what the check returns.
 * @throws FormatError instead of the RangeError of the check.
 */
export function checked<T>({ file, path, fix }: Place, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError(file, `${path}.${error.message}; ${fix}`, { cause: error });
  }
}
