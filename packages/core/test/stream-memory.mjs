// Measures a generated source and prints the peak of live bytes above the start, the bytes of
// WebAssembly memories, and the amount of input per task. Runs in a separate process with
// --expose-gc --single-threaded-gc, so that memory which is not freed yet does not count.
import { gaussianSource } from '../dist/streaming/baselines/gaussian-source.js';
import { inlineWorker } from '../dist/streaming/workers.js';
import { measureStream } from '../dist/streaming/measure-stream.js';

const [features, dims] = process.argv.slice(2).map(Number);

function live() {
  globalThis.gc();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

let linear = 0;
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(size) {
    super(size);
    linear += this.buffer.byteLength;
  }
};

// Compile and warm up first, so that the memory of the runtime does not count.
await measureStream(gaussianSource({ dims, features: 20_000, seed: 1 }));
const base = live();
linear = 0;

let peak = base;
const numbers = {};
const workers = inlineWorker();
const counting = {
  ...workers,
  ask: (worker, task, order, transfer) => {
    const arrays = Object.values(order ?? {}).filter((value) => ArrayBuffer.isView(value));
    for (const { length } of arrays) numbers[task] = (numbers[task] ?? 0) + length;
    return workers.ask(worker, task, order, transfer);
  },
};
const { capacity } = await measureStream(
  gaussianSource({ dims, features, seed: 1 }),
  { onProgress: () => (peak = Math.max(peak, live())) },
  counting,
);
console.log(JSON.stringify({ live: peak - base, linear, numbers, measured: capacity.length }));
