import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../../test/program.ts';
import { polysem, scratch, type Run } from './polysem.ts';

let folder: string;
let fromFile: Measured;
const shape = [3, 2];
const data = Float64Array.of(1, 0, 0, 1, 0.6, -0.8);
const CSV = 'a,b\n1,0\n0,1\n0.6,-0.8\n';

/** Runs a command with the given bytes on standard input. */
function piped(input: Uint8Array | string, words: string): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words.split(' ')], {
    cwd: folder,
    input,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

beforeAll(() => {
  folder = scratch();
  writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape, data }));
  fromFile = measured(polysem(['measure', 'w.npy', '--features', 'rows', '--json'], folder));
  writeFileSync(join(folder, 's.csv'), 'importance,kurtosis\n1,9\n2,9\n1,9\n');
  // Beside the file, not beside standard input.
  writeFileSync(join(folder, 'config.json'), 'no JSON');
});

interface Measured {
  readonly matrix: string;
  readonly efficiency: number;
  readonly configuration: { readonly file: string };
}
const measured = ({ stdout }: Run): Measured => JSON.parse(stdout) as Measured;

describe('- for a file', () => {
  it.each<[string, () => Uint8Array | string]>([
    ['npy', () => readFileSync(join(folder, 'w.npy'))],
    ['safetensors', () => encodeSafetensors([{ name: 'w', shape, data }])],
    ['CSV', () => CSV],
    ['CSV separated by tabs', () => CSV.replaceAll(',', '\t')],
  ])('reads %s from standard input', (_, input) => {
    const words = '--features rows --json';
    const run = piped(input(), `measure - ${words}`);
    expect(run.code).toBe(0);
    expect(measured(run).efficiency).toBe(fromFile.efficiency);
    expect(measured(run).configuration.file).toBe('standard input');
  });

  it('works for geometry, audit, allocate and train', () => {
    const npy = readFileSync(join(folder, 'w.npy'));
    const list = encodeNpy({ shape: [3], data: Float64Array.of(4, 2, 1) });
    for (const [input, words] of [
      [npy, 'geometry - --features rows'],
      [npy, 'audit - --features rows --stats s.csv --importance importance --kurtosis kurtosis'],
      [
        'importance,kurtosis\n1,9\n2,9\n1,9\n',
        'audit w.npy --features rows --stats - --importance importance --kurtosis kurtosis',
      ],
      [list, 'allocate --importance - --density 0.1 --dims 2'],
      ['4\n2\n1\n', 'allocate --importance - --density 0.1 --dims 2'],
      [CSV, 'train --inputs - --importance 1 --dims 1 --held-out 0 --steps 3 --seeds 1'],
    ] as const) {
      const { code, stderr } = piped(input, words);
      expect([words, code, stderr.replaceAll(/.*columns.*\n/g, '')]).toEqual([
        words,
        0,
        expect.any(String),
      ]);
    }
  });

  it.each([
    ['measure - --features rows', '', 'standard input: is empty'],
    ['measure - --features rows', '<html></html>', 'standard input: is '],
    ['measure - --features rows', 'a,b\n1,x\n', 'standard input: line 2'],
    ['measure - --features rows --labels -', CSV, '--labels: cannot be read from standard input'],
    [
      'audit - --features rows --stats - --importance a --kurtosis b',
      CSV,
      'standard input: is given as two inputs',
    ],
  ])('is named in errors: %s of %j', (words, input, message) => {
    const { code, stderr } = piped(input, words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });

  it('spools more than 64 MiB to a temporary file', () => {
    const dims = 300_000;
    const ones = Float32Array.from({ length: 60 * dims }, (_, i) => (i % dims < 60 ? i % 7 : 1));
    const large = encodeNpy({ shape: [60, dims], data: ones });
    expect(large.length).toBeGreaterThan(2 ** 26);
    writeFileSync(join(folder, 'large.npy'), large);
    const words = '--features rows --no-coherence --json';
    const run = piped(large, `measure - ${words}`);
    const file = polysem(['measure', 'large.npy', ...words.split(' ')], folder);
    expect(run.code).toBe(0);
    expect(measured(run).efficiency).toBe(measured(file).efficiency);
  });
});
