import type { ByteSource } from './byte-source.ts';
import { FormatError, quote } from './format-error.ts';
import type { OnnxDequantise } from './onnx-model.ts';
import { elementCount, formatShape } from './shape.ts';
import type { StoredTensor } from './tensor.ts';
import { readWhole, type TensorReader } from './tensor-reader.ts';

/**
 * The tensors that DequantizeLinear nodes make of initialisers, called by the nodes' outputs; nodes that take what is
 * computed are passed over. Their dtype is that of the integers, with `dequantised`.
 *
 * Source: DequantizeLinear-25 of ONNX: y = (x - x_zero_point) * x_scale, the two of them single numbers, or one for every
 * place along an axis. Scales by blocks are listed, and refused.
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
  { output, axis, blockSize }: OnnxDequantise,
  x: StoredTensor,
  scale: StoredTensor,
  zero: StoredTensor | undefined,
): StoredTensor {
  const { shape } = x.entry;
  const along = axis < 0 ? axis + shape.length : axis;
  const single = elementCount(scale.entry.shape) === 1;
  const fits = single || (scale.entry.shape.length === 1 && scale.entry.shape[0] === shape[along]);
  const zeroFits =
    zero === undefined || elementCount(zero.entry.shape) === elementCount(scale.entry.shape);
  const refusal =
    blockSize > 0
      ? `has a scale for every ${blockSize} elements, which is not read; quantise it by channels`
      : fits && zeroFits
        ? null
        : `shape ${formatShape(shape)} does not fit scales ${formatShape(scale.entry.shape)} along axis ${axis}; the file is damaged`;
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
      if (refusal !== null) {
        throw new FormatError(source.name, `tensor ${quote(output)}: ${refusal}`);
      }
      const reader = await x.open();
      const { data: scales } = await readWhole(await scale.open());
      const zeros = zero === undefined ? null : (await readWhole(await zero.open())).data;
      // From one place along the axis to the next.
      const inner = single
        ? 1
        : shape.slice(along + 1).reduce((product, size) => product * size, 1);
      return { ...scaled(reader, scales, zeros, inner), entry };
    },
  };
}

function scaled(
  { entry, order, read }: TensorReader,
  scales: ArrayLike<number>,
  zeros: ArrayLike<number> | null,
  inner: number,
): TensorReader {
  return {
    entry,
    precision: 'float32',
    order,
    read: async (first, count) => {
      const stored = await read(first, count);
      const out = new Float32Array(count);
      let place = Math.floor(first / inner) % scales.length;
      let until = inner - (first % inner);
      for (let i = 0; i < count; i++) {
        out[i] = (stored[i] - (zeros === null ? 0 : zeros[place])) * scales[place];
        until--;
        if (until > 0) continue;
        until = inner;
        place = (place + 1) % scales.length;
      }
      return out;
    },
  };
}
