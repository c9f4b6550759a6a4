import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, uniform } from '@polysem/core';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { bin, polysemJson, scratch } from './polysem.ts';

let folder: string;
beforeAll(() => {
  folder = scratch();
  const g = generator(4);
  const data = Float32Array.from({ length: 40_000 * 256 }, () => uniform(g) - 0.5);
  writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape: [40_000, 256], data }));
});

/** Runs a program until a moment comes, sends a signal, and says how and how soon it ended. */
async function interrupted(
  words: readonly string[],
  cwd: string,
  temporary: string,
  moment: () => boolean,
  signal: NodeJS.Signals,
): Promise<{ ended: string | null; after: number; stderr: string }> {
  const child = spawn(process.execPath, words, { cwd, env: { ...process.env, TMPDIR: temporary } });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let sent = 0;
  const watch = setInterval(() => {
    if (sent > 0 || !moment()) return;
    sent = Date.now();
    child.kill(signal);
  }, 20);
  const ended = await new Promise<string | null>((resolve) =>
    child.on('close', (code, by) => resolve(by ?? String(code))),
  );
  clearInterval(watch);
  return { ended, after: Date.now() - sent, stderr };
}

describe('a command that is told to stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends at once while it measures, and leaves nothing behind: %s',
    async (signal) => {
      const temporary = scratch();
      const out = scratch();
      const started = Date.now();
      const words = ['measure', join(folder, 'w.npy'), '--features', 'rows', '--neighbours'];
      const run = await interrupted(
        [bin, ...words, '--report', 'r.html', '--per-feature', 'r.parquet'],
        out,
        temporary,
        // Neighbours of 40,000 features take tens of seconds.
        () => Date.now() - started > 1500,
        signal,
      );
      expect([run.ended, run.stderr]).toEqual([signal, '']);
      expect(run.after).toBeLessThan(1000);
      expect([readdirSync(out), readdirSync(temporary)]).toEqual([[], []]);
    },
  );

  it('keeps the matrices that it has measured, and goes on from there', async () => {
    const out = scratch();
    const path = join(scratch(), 'layers.safetensors');
    const g = generator(5);
    // Just as large as is worth keeping.
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
    const run = await interrupted(
      [bin, ...words],
      out,
      out,
      () => readdirSync(out).some((name) => name.endsWith('-features')),
      'SIGKILL',
    );
    expect(run.ended).toBe('SIGKILL');
    // Zeros in the place of the first matrix, which nobody can see from outside: it is not read again.
    write(new Float32Array(data.length));
    const { matrices } = polysemJson<{ matrices: { rank: number }[] }>(words, out);
    expect(matrices.map(({ rank }) => rank)).toEqual([1024, 1024]);
    expect(readdirSync(out)).toEqual([]);
  });

  it('takes back what it had begun to write', async () => {
    const out = join(scratch(), 'out');
    mkdirSync(out);
    const built = fileURLToPath(new URL('../../io/dist/node/index.js', import.meta.url));
    const script = `
      const { writeFileAtomic } = await import(${JSON.stringify(built)});
      function* endless() { for (;;) yield new Uint8Array(64); }
      await Promise.all(['a', 'b'].map((name) => writeFileAtomic(name, endless())));`;
    const run = await interrupted(
      ['--input-type=module', '--eval', script],
      out,
      out,
      () => readdirSync(out).filter((name) => name.endsWith('.tmp')).length === 2,
      'SIGINT',
    );
    expect([run.ended, run.stderr]).toEqual(['SIGINT', '']);
    expect(readdirSync(out)).toEqual([]);
  });
});
