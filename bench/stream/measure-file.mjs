// Measures the rows of a matrix in a file several times: node measure-file.mjs [FILE RUNS FOLDER BLAS]
// Prints the seconds of each run, the seconds that the threads took to start, and the peak memory of the process. Without
// a file it prints the memory of a process that only starts. Writes capacities and leverages to FOLDER as npy. BLAS is a choice
// of --blas.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { measureStream } from '@polysem/core/streaming';
import { encodeNpy } from '@polysem/io';
import { openFeatures } from '@polysem/io/layouts';
import { openWeights } from '@polysem/io/node';
import { findBlas, openPool } from '@polysem/threads/node';

const [path, runs, folder, choice = 'off'] = process.argv.slice(2);
const kilobytes = () => process.resourceUsage().maxRSS;

/** Seconds and result of a call. */
async function timed(call) {
  const start = performance.now();
  const result = await call();
  return { seconds: (performance.now() - start) / 1000, result };
}

async function main() {
  if (path === undefined) return { kilobytes: kilobytes() };
  const { file, close } = await openWeights(path);
  const start = await timed(() => openPool({ blas: findBlas(choice) }));
  const pool = start.result;
  const seconds = [];
  let measured;
  for (let run = 0; run < Number(runs); run++) {
    // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
    const one = await timed(async () => {
      const source = await openFeatures({ tensor: file.entries[0].name, axis: 'rows' }, file, path);
      return measureStream(source, {}, pool);
    });
    seconds.push(one.seconds);
    measured = one.result;
  }
  const peak = kilobytes();
  await pool.close();
  await close();
  for (const what of ['capacity', 'leverage']) {
    const data = measured[what];
    // oxlint-disable-next-line no-await-in-loop -- two small files
    await writeFile(join(folder, `${what}.npy`), encodeNpy({ shape: [data.length], data }));
  }
  return { seconds, startSeconds: start.seconds, kilobytes: peak, precision: measured.precision };
}

process.stdout.write(JSON.stringify(await main()));
