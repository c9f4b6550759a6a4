import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, uniform } from '@polysem/core';
import { encodeNpy } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysemCutBy, scratch } from './polysem.ts';

const FEATURES = 4200;
const DIMS = 256;
/** Neighbours of features in eight blocks: every block with itself and each of the others. */
const PAIRS = (8 * 9) / 2;

let folder: string;
beforeAll(() => {
  folder = scratch();
  const g = generator(4);
  const data = Float32Array.from({ length: FEATURES * DIMS }, () => uniform(g) - 0.5);
  writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape: [FEATURES, DIMS], data }));
});

/** Writes down every pair of blocks that a worker is given, and sends the process a signal, if any, at the third. */
const atThirdPair = (signal: NodeJS.Signals | null): string => `
  import { appendFileSync } from 'node:fs';
  import { Worker } from 'node:worker_threads';
  const post = Worker.prototype.postMessage;
  let pairs = 0;
  Worker.prototype.postMessage = function (order, ...others) {
    post.call(this, order, ...others);
    if (order?.task !== 'neighbours') return;
    appendFileSync(process.env.PAIRS, '.');
    if (++pairs === 3 && ${signal !== null}) process.kill(process.pid, '${signal}');
  };`;

describe('a command that is told to stop', () => {
  it.each(['SIGINT', 'SIGTERM', null] as const)(
    'ends at once while it measures, and leaves nothing behind: %s',
    (signal) => {
      const temporary = scratch();
      const out = scratch();
      const pairs = join(scratch(), 'pairs');
      const words = ['measure', join(folder, 'w.npy'), '--features', 'rows', '--neighbours'];
      const run = polysemCutBy(
        atThirdPair(signal),
        [...words, '--report', 'r.html', '--per-feature', 'r.parquet'],
        out,
        { TMPDIR: temporary, PAIRS: pairs },
      );
      const begun = readFileSync(pairs, 'utf8').length;
      expect(readdirSync(temporary)).toEqual([]);
      if (signal === null) {
        // The work that a signal spares.
        expect([run.code, begun]).toEqual([0, PAIRS]);
        expect(readdirSync(out)).toEqual(['r.html', 'r.parquet']);
        return;
      }
      expect([run.signal, run.stdout, run.stderr]).toEqual([signal, '', '']);
      expect(readdirSync(out)).toEqual([]);
      // A command that listens to signals may hear of one a turn of its loop later, with a pair or two begun meanwhile.
      expect(begun).toBeLessThan(PAIRS / 3);
    },
  );

  it('takes back what it had begun to write', async () => {
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
    // It writes until it is told to stop, however late that is.
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
