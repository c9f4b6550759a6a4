import type { ByteSource } from '../bytes/byte-source.ts';
import { DTYPE_BITS, type NumericDType } from '../numbers/dtype.ts';
import { decodeNumbers, precisionOf } from '../numbers/convert.ts';
import { elementCount } from '../numbers/shape.ts';
import { checkSafeIntegers } from './stored-numbers.ts';
import type { Strides } from '../numbers/strides.ts';
import type { TensorEntry } from './tensor.ts';
import { checkElements, type TensorReader } from './tensor-reader.ts';

type Numbers = Float32Array | Float64Array;

/** Layout of a tensor whose elements are not consecutive. */
export interface StridedLayout {
  readonly dtype: NumericDType;
  /** Offset of the first element in the source, in bytes. */
  readonly offset: number;
  readonly strides: Strides;
  readonly littleEndian: boolean;
}

/** One axis of a range: its size, and the steps in the storage and in the result. */
interface Axis {
  readonly size: number;
  readonly stored: number;
  readonly out: number;
}

/** Elements of the storage in memory at a time. */
const WINDOW = 1 << 18;
/** Gaps of at most this many bytes are read along: that is cheaper than a second read. */
const GAP = 1 << 15;

/**
 * Reads slices and transposed or expanded views. Only the storage around the requested elements is read, one window at
 * a time and in the order of the storage. Elements are counted in C or Fortran order, whichever is closer to the
 * storage.
 *
 * Reads reject as those of `storedNumbers` do.
 */
export function stridedNumbers(
  source: ByteSource,
  entry: TensorEntry,
  { dtype, offset, strides, littleEndian }: StridedLayout,
): TensorReader {
  const itemSize = DTYPE_BITS[dtype] / 8;
  const precision = precisionOf(dtype);
  const order = slowestFirst(entry.shape, strides) ? 'C' : 'F';
  const axes = axesOf(entry.shape, strides, order);

  const load = async (at: number, length: number): Promise<Numbers> => {
    const bytes = await source.read(offset + at * itemSize, length * itemSize);
    return decodeNumbers(dtype, bytes, littleEndian);
  };
  return {
    entry,
    precision,
    order,
    read: async (first, count) => {
      checkElements(entry, first, count);
      const out = precision === 'float64' ? new Float64Array(count) : new Float32Array(count);
      for (const { axes: box, stored, at } of boxes(axes, first, count)) {
        // oxlint-disable-next-line no-await-in-loop -- one window in memory at a time
        await gather({ load, gap: Math.floor(GAP / itemSize), out }, { axes: box, stored, at });
      }
      checkSafeIntegers(source, entry, dtype, out, first);
      return out;
    },
  };
}

/** Returns whether the order is closer to C order: the first axis has the longer stride. */
function slowestFirst(shape: readonly number[], strides: Strides): boolean {
  const moving = [...shape.keys()].filter((axis) => shape[axis] > 1 && strides[axis] > 0);
  return moving.length < 2 || strides[moving[0]] >= strides[moving[moving.length - 1]];
}

/** The axes with more than one index, in the order in which elements are counted, slowest first. */
function axesOf(shape: readonly number[], strides: Strides, order: 'C' | 'F'): Axis[] {
  const places = order === 'C' ? [...shape.keys()] : [...shape.keys()].toReversed();
  const axes: Axis[] = [];
  let out = 1;
  for (const axis of places.toReversed()) {
    if (shape[axis] !== 1) axes.unshift({ size: shape[axis], stored: strides[axis], out });
    out *= shape[axis];
  }
  return axes;
}

interface Box {
  readonly axes: readonly Axis[];
  /** Its first element in the storage, relative to that of the tensor, and in the result. */
  readonly stored: number;
  readonly at: number;
}

/**
 * Splits a range of elements into boxes, each a range along one axis and all of the faster axes; at most two per axis.
 */
function* boxes(axes: readonly Axis[], first: number, count: number): Generator<Box> {
  let begin = 0;
  while (begin < count) {
    const from = first + begin;
    const rest = count - begin;
    // The slowest axis along which a whole step starts here and fits; the fastest axis always does.
    const at = axes.findIndex(({ out }) => from % out === 0 && out <= rest);
    const axis = axes[at];
    const before = Math.floor(from / axis.out) % axis.size;
    const steps = Math.min(axis.size - before, Math.floor(rest / axis.out));
    const stored = axes.reduce(
      (sum, { size, stored: step, out }) => sum + (Math.floor(from / out) % size) * step,
      0,
    );
    yield { axes: [{ ...axis, size: steps }, ...axes.slice(at + 1)], stored, at: begin };
    begin += steps * axis.out;
  }
}

/** Storage to copy from and result to copy to. */
interface Copying {
  /** Loads consecutive elements of the storage, at a position relative to the first element of the tensor. */
  readonly load: (at: number, length: number) => Promise<Numbers>;
  /** Largest number of unused elements between two used ones that are loaded with them. */
  readonly gap: number;
  readonly out: Numbers;
}

/** Copies the elements of a box to the result, one window of the storage at a time. */
async function gather(copying: Copying, { axes: box, stored, at }: Box): Promise<void> {
  const { load, gap, out } = copying;
  const span = spanOf(box);
  const outer = box.reduce(
    (most, axis, i) => (axis.stored > (box[most]?.stored ?? 0) ? i : most),
    -1,
  );
  const others = box.filter((_, i) => i !== outer);
  const { size, stored: step, out: outStep } = box[outer] ?? { size: 1, stored: 0, out: 0 };
  const inner = outer < 0 ? span : spanOf(others);
  const isDense = step - inner <= gap;
  if (span <= WINDOW && isDense) {
    place(await load(stored, span), 0, out, at, box);
    return;
  }
  // As many steps of the outermost axis as fit into a window, at least one.
  const together = isDense ? Math.max(1, Math.floor((WINDOW - inner) / step) + 1) : 1;
  for (let i = 0; i < size; i += together) {
    const steps = Math.min(together, size - i);
    const axes = steps === 1 ? others : [...others, { size: steps, stored: step, out: outStep }];
    // oxlint-disable-next-line no-await-in-loop -- one window in memory at a time
    await gather(copying, { axes, stored: stored + i * step, at: at + i * outStep });
  }
}

function spanOf(axes: readonly Axis[]): number {
  return axes.reduce((sum, { size, stored }) => sum + (size - 1) * stored, 1);
}

/** out[at + sum of index * out step] = window[from + sum of index * stored step], over all indices. */
function place(
  window: Numbers,
  from: number,
  out: Numbers,
  at: number,
  axes: readonly Axis[],
): void {
  const [axis, ...others] = axes.toSorted((a, b) => b.out - a.out);
  placeAll(axis === undefined ? [] : [axis, ...others], 0, from, at);

  function placeAll(sorted: readonly Axis[], depth: number, source: number, target: number): void {
    if (sorted.length === 0) {
      out[target] = window[source];
      return;
    }
    const { size, stored, out: step } = sorted[depth];
    if (depth + 1 === sorted.length) {
      for (let i = 0; i < size; i++) out[target + i * step] = window[source + i * stored];
      return;
    }
    for (let i = 0; i < size; i++) {
      placeAll(sorted, depth + 1, source + i * stored, target + i * step);
    }
  }
}

/** Elements that any tensor may have, however few are stored. */
const FREE = 1 << 16;
/** Elements per stored element that a larger tensor may have. */
const MOST_TIMES = 16;

/** Returns whether a tensor has so many more elements than its storage that a few bytes could fill the memory. */
export function isBlownUp(shape: readonly number[], stored: number): boolean {
  return !((elementCount(shape) ?? Infinity) <= Math.max(FREE, MOST_TIMES * stored));
}
