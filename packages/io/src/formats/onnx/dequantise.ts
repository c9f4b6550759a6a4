import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import type { OnnxDequantise } from './model.ts';
import { elementCount, formatShape } from '../../numbers/shape.ts';
import type { StoredTensor } from '../../tensors/tensor-file.ts';
import { readWhole, type TensorReader } from '../../tensors/tensor-reader.ts';

/**
 * Lists the tensors that DequantizeLinear nodes make of initialisers, under the names of their outputs. Nodes with
 * computed inputs are skipped. The dtype is that of the integers followed by `dequantised`.
 *
 * Source: DequantizeLinear-25 of ONNX: y = (x - x_zero_point) * x_scale. Scale and zero point are single numbers, or
 * one per index of an axis, or have the shape of x with one number per block along the axis.
 */
export function dequantisedTensors(
  source: ByteSource,
  tensors: ReadonlyMap<string, StoredTensor>,
  nodes: readonly OnnxDequantise[],
): StoredTensor[] {
  const taken = new Set(tensors.keys());
  return nodes.flatMap((node) => {
    const [x, scale, zero] = node.inputs.map((name) => tensors.get(name));
    const zeroIsComputed = zero === undefined && (node.inputs[2] ?? '') !== '';
    if (x === undefined || scale === undefined || zeroIsComputed || taken.has(node.output))
      return [];
    taken.add(node.output);
    return [dequantised(source, node, x, scale, zero)];
  });
}

function dequantised(
  source: ByteSource,
  { output, axis, blockSize, problem }: OnnxDequantise,
  x: StoredTensor,
  scale: StoredTensor,
  zero: StoredTensor | undefined,
): StoredTensor {
  const { shape } = x.entry;
  const along = axis < 0 ? axis + shape.length : axis;
  const scales = scale.entry.shape;
  const place = scalePlaces(shape, along, scales, blockSize);
  const fits = place !== null && (zero === undefined || sizeOf(zero) === sizeOf(scale));
  const nodeDoubt = problem === null ? null : `its node ${problem}; the file is damaged`;
  const fitDoubt = fits
    ? null
    : `shape ${formatShape(shape)} does not fit scales ${formatShape(scales)} along axis ${axis}${blockSize > 0 ? ` in blocks of ${blockSize}` : ''}; the file is damaged`;
  const refusal = nodeDoubt ?? fitDoubt ?? typesDoubt(x, scale, zero);
  const inputs = [x, scale, ...(zero === undefined ? [] : [zero])];
  const entry = {
    ...x.entry,
    name: output,
    dtype: `${x.entry.dtype} dequantised`,
    readable: refusal === null && inputs.every((input) => input.entry.readable),
  };
  return {
    entry,
    open: async () => {
      if (refusal !== null || place === null) {
        throw new FormatError(source.name, `tensor ${quote(output)}: ${refusal}`);
      }
      const reader = await x.open();
      const { data } = await readWhole(await scale.open());
      const zeros = zero === undefined ? null : (await readWhole(await zero.open())).data;
      return { ...scaled(reader, data, zeros, place), entry };
    },
  };
}

const sizeOf = ({ entry }: StoredTensor): number | undefined => elementCount(entry.shape);

/** Says why the types of the inputs do not belong together; null if they do. */
function typesDoubt(
  x: StoredTensor,
  scale: StoredTensor,
  zero: StoredTensor | undefined,
): string | null {
  const [own, scales] = [x.entry.dtype, scale.entry.dtype];
  if (zero !== undefined && zero.entry.dtype !== own)
    return `has integers of type ${own} and zero points of type ${zero.entry.dtype}; the file is damaged`;
  return /^[IU]\d/.test(scales)
    ? `has scales of type ${scales}, not of floats; the file is damaged`
    : null;
}

/** Returns the index of the scale of an element, and the number of elements from it on that share it. */
type ScalePlace = (element: number) => { readonly scale: number; readonly count: number };

/** Maps elements to scales; null if the shapes do not fit. */
function scalePlaces(
  shape: readonly number[],
  axis: number,
  scales: readonly number[],
  blockSize: number,
): ScalePlace | null {
  if (elementCount(scales) === 1) return () => ({ scale: 0, count: Infinity });
  const size = shape[axis];
  if (size === undefined) return null;
  // Elements from one index of the axis to the next.
  const inner = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
  if (blockSize === 0) {
    if (scales.length !== 1 || scales[0] !== size) return null;
    return (element) => ({
      scale: Math.floor(element / inner) % size,
      count: inner - (element % inner),
    });
  }
  const blocks = Math.ceil(size / blockSize);
  const wanted = shape.with(axis, blocks);
  if (blockSize < 0 || scales.length !== wanted.length) return null;
  if (scales.some((each, i) => each !== wanted[i])) return null;
  return (element) => {
    const row = Math.floor(element / inner);
    const place = row % size;
    const block = Math.floor(row / size) * blocks + Math.floor(place / blockSize);
    const last = Math.min(size, (Math.floor(place / blockSize) + 1) * blockSize);
    // Along the last axis the rest of the block shares its scale; otherwise each element has its own.
    return { scale: block * inner + (element % inner), count: inner === 1 ? last - place : 1 };
  };
}

function scaled(
  { entry, order, read }: TensorReader,
  scales: ArrayLike<number>,
  zeros: ArrayLike<number> | null,
  place: ScalePlace,
): TensorReader {
  return {
    entry,
    precision: 'float32',
    order,
    read: async (first, count) => {
      const stored = await read(first, count);
      const out = new Float32Array(count);
      for (let i = 0; i < count;) {
        const { scale, count: length } = place(first + i);
        const zero = zeros === null ? 0 : zeros[scale];
        const factor = scales[scale];
        for (const end = Math.min(count, i + length); i < end; i++) {
          out[i] = (stored[i] - zero) * factor;
        }
      }
      return out;
    },
  };
}
