import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, uniform } from '@polysem/numerics/random';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysemCutBy, polysemJson, scratch } from './polysem.ts';

const FEATURES = 4200;
const DIMS = 256;
/** Neighbours of features in eight chunks: every chunk is compared with itself and with each other one. */
const PAIRS = (8 * 9) / 2;

let folder: string;
beforeAll(() => {
  folder = scratch();
  const g = generator(4);
  const data = Float32Array.from({ length: FEATURES * DIMS }, () => uniform(g) - 0.5);
  writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape: [FEATURES, DIMS], data }));
});

/**
 * Records every pair of chunks sent to a worker. If a signal is given, sends it to the process at the third pair, and no pair to
 * a worker from then on, so that the command can end only by the signal.
 */
const atThirdPair = (signal: NodeJS.Signals | null): string => `
  import { appendFileSync } from 'node:fs';
  import { Worker } from 'node:worker_threads';
  const post = Worker.prototype.postMessage;
  let pairs = 0;
  Worker.prototype.postMessage = function (order, ...others) {
    if (order?.name !== 'neighbours') return void post.call(this, order, ...others);
    if (${signal !== null} && pairs === 3) return;
    post.call(this, order, ...others);
    appendFileSync(process.env.PAIRS, '.');
    if (++pairs === 3 && ${signal !== null}) process.kill(process.pid, '${signal}');
  };`;

describe('a command that receives a signal', () => {
  it.each(['SIGINT', 'SIGTERM', null] as const)(
    'ends at once during a measurement, and leaves no files: %s',
    (signal) => {
      const temporary = scratch();
      const out = scratch();
      const pairs = join(scratch(), 'pairs');
      const words = ['measure', join(folder, 'w.npy'), '--features', 'rows', '--neighbours'];
      const run = polysemCutBy(
        atThirdPair(signal),
        [...words, '--report', 'r.html', '--per-feature', 'r.parquet'],
        out,
        // Node's own cache of compiled code is not a file of the command.
        { TMPDIR: temporary, PAIRS: pairs, NODE_DISABLE_COMPILE_CACHE: '1' },
      );
      const begun = readFileSync(pairs, 'utf8').length;
      expect(readdirSync(temporary)).toEqual([]);
      if (signal === null) {
        expect([run.code, begun]).toEqual([0, PAIRS]);
        expect(readdirSync(out)).toEqual(['r.html', 'r.parquet']);
        return;
      }
      expect([run.signal, run.stdout, run.stderr]).toEqual([signal, '', '']);
      expect(readdirSync(out)).toEqual([]);
      expect(begun).toBe(3);
    },
  );

  it('keeps finished matrices, and resumes after them', () => {
    const out = scratch();
    const path = join(scratch(), 'layers.safetensors');
    const g = generator(5);
    // Just large enough to be kept.
    const shape = [10_000, 1024];
    const data = Float32Array.from({ length: shape[0] * shape[1] }, () => uniform(g) - 0.5);
    const seconds = 1.7e9;
    const write = (first: Float32Array): void => {
      writeFileSync(
        path,
        encodeSafetensors([
          { name: 'layers.0.w', shape, data: first },
          { name: 'layers.1.w', shape, data },
        ]),
      );
      utimesSync(path, seconds, seconds);
    };
    write(data);
    const words = ['measure', path, '--tensor', '*', '--features', 'rows', '--no-coherence'];
    // The state of an unfinished matrix is removed once its result is kept.
    const atFirstResult = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const remove = fs.rmSync;
      fs.rmSync = (path, ...others) => {
        remove(path, ...others);
        if (String(path).endsWith('-features')) process.kill(process.pid, 'SIGKILL');
      };
      syncBuiltinESMExports();`;
    expect(polysemCutBy(atFirstResult, words, out).signal).toBe('SIGKILL');
    expect(readdirSync(out).length).toBe(1);
    // Overwrite the first matrix with zeros without changing size or time: it is not read again.
    write(new Float32Array(data.length));
    const last = [...words, '--per-feature', 'f.csv', '--json'];
    const atLastOutput = `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { rename } = fs;
      fs.rename = async (from, to) => {
        if (to.endsWith('.json')) process.kill(process.pid, 'SIGKILL');
        await rename(from, to);
      };
      syncBuiltinESMExports();`;
    expect(polysemCutBy(atLastOutput, last, out).signal).toBe('SIGKILL');
    // Nothing is computed again: the file is not read any more.
    write(new Float32Array(data.length).fill(1));
    const { matrices } = polysemJson<{ matrices: { rank: number }[] }>(last.slice(0, -1), out);
    expect(matrices.map(({ rank }) => rank)).toEqual([1024, 1024]);
    expect(readdirSync(out)).toEqual(['f.csv', 'f.csv.json']);
  });

  it('removes partly written output', async () => {
    const out = join(scratch(), 'out');
    mkdirSync(out);
    const built = fileURLToPath(new URL('../../io/dist/node/index.js', import.meta.url));
    const script = `
      const { writeFileAtomic } = await import(${JSON.stringify(built)});
      function* endless() { for (;;) yield new Uint8Array(64); }
      await Promise.all(['a', 'b'].map((name) => writeFileAtomic(name, endless())));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: out });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // It writes until the signal arrives.
    const watch = setInterval(() => {
      if (readdirSync(out).filter((name) => name.endsWith('.tmp')).length < 2) return;
      clearInterval(watch);
      child.kill('SIGINT');
    }, 20);
    const ended = await new Promise<string | null>((resolve) =>
      child.on('close', (code, by) => resolve(by ?? String(code))),
    );
    clearInterval(watch);
    expect([ended, stderr]).toEqual(['SIGINT', '']);
    expect(readdirSync(out)).toEqual([]);
  });
});
