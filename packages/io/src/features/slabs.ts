import type { MatrixLayout } from './matrix-layout.ts';
import type { TensorReader } from '../tensors/tensor-reader.ts';

type Numbers = Float32Array | Float64Array;

/** Concurrent reads of the file; also the number of rows transposed together, one cache line. */
const AT_ONCE = 16;
/** Gaps of at most this many bytes are read along: that is cheaper than a second read. */
const GAP = 1 << 15;

/**
 * Reads vectors that are not contiguous in a file.
 *
 * Features are gathered in slabs that fill three quarters of `memory`, starting with the first one requested; the last
 * slab is kept. A pass over all features therefore reads the file once, in runs as long as the memory allows.
 */
export function slabs(
  reader: TensorReader,
  layout: MatrixLayout,
  memory: number,
): (first: number, count: number) => Promise<Numbers> {
  const { dims, features } = layout;
  const vectorBytes = dims * (reader.precision === 'float64' ? 8 : 4);
  const width = Math.max(1, Math.floor((0.75 * memory) / vectorBytes));
  const numbers = (count: number): Numbers =>
    reader.precision === 'float64' ? new Float64Array(count) : new Float32Array(count);
  /** The buffer of the current slab, and the features in it. */
  let data = numbers(0);
  let held = { first: 0, count: 0 };
  let last: Promise<unknown> = Promise.resolve();

  const read = async (first: number, count: number): Promise<Numbers> => {
    const out = numbers(count * dims);
    let done = 0;
    while (done < count) {
      const from = first + done;
      if (from < held.first || from >= held.first + held.count) {
        const wide = Math.min(width, features - from);
        if (wide <= count - done) {
          // The whole slab is requested: gather it directly into the result.
          const place = out.subarray(done * dims, (done + wide) * dims);
          // oxlint-disable-next-line no-await-in-loop -- slab after slab
          await gather(reader, layout, from, wide, memory / 8, place);
          done += wide;
          continue;
        }
        if (data.length < wide * dims) data = numbers(wide * dims);
        held = { first: 0, count: 0 };
        // oxlint-disable-next-line no-await-in-loop
        await gather(reader, layout, from, wide, memory / 8, data);
        held = { first: from, count: wide };
      }
      const skip = from - held.first;
      const taken = Math.min(count - done, held.count - skip);
      out.set(data.subarray(skip * dims, (skip + taken) * dims), done * dims);
      done += taken;
    }
    return out;
  };
  return (first, count) => {
    // One read at a time: two would evict each other's slab.
    const result = last.then(() => read(first, count));
    last = result.catch(() => undefined);
    return result;
  };
}

/** Gathers the vectors of `count` features from `first` into `data`; other buffers take about `room` bytes. */
// Many parameters because the tensor, its layout, the range and the memory are independent of each other.
async function gather(
  reader: TensorReader,
  layout: MatrixLayout,
  first: number,
  count: number,
  room: number,
  data: Numbers,
): Promise<void> {
  const { dims, featureStride, dimStride } = layout;
  // The file is read along its slower axis, in runs along the faster one.
  const byDims = dimStride > featureStride;
  const outer = byDims ? dims : count;
  const inner = byDims ? count : dims;
  const outerStride = byDims ? dimStride : featureStride;
  const innerStride = byDims ? featureStride : dimStride;
  const base = layout.base + first * featureStride;
  const bytes = reader.precision === 'float64' ? 8 : 4;
  const span = (inner - 1) * innerStride + 1;
  const longest = Math.max(1, Math.floor(room / bytes / AT_ONCE));
  const together = (outerStride - span) * bytes <= GAP ? Math.floor(longest / outerStride) : 0;
  if (together >= 1) {
    // Runs this close together are read in one piece, with the gaps.
    const panel = Math.min(AT_ONCE * together, outer);
    for (let o = 0; o < outer; o += panel) {
      const rows = Math.min(panel, outer - o);
      // oxlint-disable-next-line no-await-in-loop -- memory is bounded
      const run = await reader.read(base + o * outerStride, (rows - 1) * outerStride + span);
      const places = Array.from({ length: rows }, (_, row) => row * outerStride);
      for (let row = 0; row < rows; row += AT_ONCE) {
        const some = places.slice(row, row + AT_ONCE);
        scatter(
          data,
          some.map((at) => run.subarray(at, at + span)),
          o + row,
          0,
        );
      }
    }
    return;
  }
  const piece = Math.max(1, Math.floor((longest - 1) / innerStride) + 1);
  for (let o = 0; o < outer; o += AT_ONCE) {
    const rows = Math.min(AT_ONCE, outer - o);
    for (let i = 0; i < inner; i += piece) {
      const length = (Math.min(piece, inner - i) - 1) * innerStride + 1;
      const from = base + o * outerStride + i * innerStride;
      // oxlint-disable-next-line no-await-in-loop -- memory is bounded
      const runs = await Promise.all(
        Array.from({ length: rows }, (_, row) => reader.read(from + row * outerStride, length)),
      );
      scatter(data, runs, o, i);
    }
  }

  /** Copies runs that start at outer index `o` and inner index `i` to their places. */
  function scatter(out: Numbers, runs: readonly Numbers[], o: number, i: number): void {
    const places = Math.floor((runs[0].length - 1) / innerStride) + 1;
    const at = byDims ? i * dims + o : o * dims + i;
    if (byDims) transpose(out, runs, at, dims, places, innerStride);
    else pick(out, runs, at, dims, places, innerStride);
  }
}

/** out[at + place * dims + run] = runs[run][place * stride]. */
// Many parameters because it is an inner loop, and an object per call costs time.
function transpose(
  out: Numbers,
  runs: readonly Numbers[],
  at: number,
  dims: number,
  places: number,
  stride: number,
): void {
  // Sixteen places at a time, so that a cache line is written completely before it is evicted.
  const eights = Array.from({ length: runs.length >> 3 }, (_, i) => runs.slice(8 * i, 8 * i + 8));
  for (let from = 0; from < places; from += 16) {
    const to = Math.min(from + 16, places);
    eights.forEach((eight, i) => {
      transposeEight(out, eight, at + 8 * i, dims, from, to, stride);
    });
    for (let row = 8 * eights.length; row < runs.length; row++) {
      for (let place = from; place < to; place++) {
        out[at + row + place * dims] = runs[row][place * stride];
      }
    }
  }
}

/** Does the same for eight runs and the places `from` to `to`; unrolled, so that it writes contiguous memory. */
// Many parameters because it is an inner loop, and an object per call costs time.
function transposeEight(
  out: Numbers,
  [r0, r1, r2, r3, r4, r5, r6, r7]: readonly Numbers[],
  at: number,
  dims: number,
  from: number,
  to: number,
  stride: number,
): void {
  let target = at + from * dims;
  for (let s = from * stride; s < to * stride; s += stride) {
    out[target] = r0[s];
    out[target + 1] = r1[s];
    out[target + 2] = r2[s];
    out[target + 3] = r3[s];
    out[target + 4] = r4[s];
    out[target + 5] = r5[s];
    out[target + 6] = r6[s];
    out[target + 7] = r7[s];
    target += dims;
  }
}

/** out[at + run * dims + place] = runs[run][place * stride]. */
// Many parameters because it is an inner loop, and an object per call costs time.
function pick(
  out: Numbers,
  runs: readonly Numbers[],
  at: number,
  dims: number,
  places: number,
  stride: number,
): void {
  runs.forEach((run, row) => {
    const target = at + row * dims;
    for (let place = 0; place < places; place++) out[target + place] = run[place * stride];
  });
}
