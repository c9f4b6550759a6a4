// Run as a process of its own: measures a generated source and prints the seconds of processor it took and the peak memory.
import { gaussianSource, measureStream } from '@polysem/core';

const [features, dims] = process.argv.slice(2).map(Number);
const measure = (count) => measureStream(gaussianSource({ dims, features: count, seed: 1 }));
// Compiled and warm, and what the runtime needs by itself is taken.
await measure(20_000);
globalThis.gc();
const base = process.memoryUsage().rss;
const before = process.cpuUsage();
let peak = base;
const { capacity } = await measureStream(gaussianSource({ dims, features, seed: 1 }), {
  onProgress: () => {
    globalThis.gc();
    peak = Math.max(peak, process.memoryUsage().rss);
  },
});
const { user } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    megabytes: (peak - base) / 2 ** 20,
    seconds: user / 1e6,
    measured: capacity.length,
  }),
);
