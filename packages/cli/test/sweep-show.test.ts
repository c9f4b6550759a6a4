import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, scratch } from './polysem.ts';

const SPEC = `name: example
compute: train
parameters: { task: compression, activation: relu, features: 4, dims: 2, importance: 1, density: 0.5, steps: 20, batch: 16, restarts: 1, optimiser: sgd }
axes:
  - { parameter: learningRate, values: [0.01, 0.1, 1.0e+30] }
seeds: 2
weights: true
`;

let folder: string;
const run = (...words: string[]) => polysemInTurn(['sweep', ...words], folder);

beforeAll(() => {
  folder = scratch();
  writeFileSync(join(folder, 'spec.yaml'), SPEC);
  polysem(['sweep', 'run', 'spec.yaml', '--workers', '1'], folder);
});

describe('polysem sweep show', () => {
  it('prints means over seeds and writes a page', async () => {
    const { code, stdout, stderr } = await run('show', 'example.sweep', '--out', 'page.html');
    expect([code, stderr]).toEqual([0, 'wrote page.html\n']);
    expect(stdout).toMatch(/^example: all 6 cells have ended\n/);
    expect(stdout).toMatch(/\n0\.01 .* ± .* 2\n0\.1 .* 2\n$/);
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('<h1>Sweep example</h1>');
    expect(page).toContain('loss over learningRate: mean over up to 2 seeds.');
    expect(page).toContain('Reasons of failures');
  });

  it('prints one JSON object', async () => {
    const { stdout } = await run('show', 'example.sweep', '--json');
    const { points, done, failed } = JSON.parse(stdout) as {
      readonly done: number;
      readonly failed: number;
      readonly points: readonly object[];
    };
    expect([done, failed, points.length]).toEqual([4, 2, 3]);
    expect(points[2]).toMatchObject({ at: { learningRate: 1e30 }, done: 0, failed: 2 });
  });
});

describe('polysem sweep status', () => {
  it('counts cells, and lists reasons of failures', async () => {
    const { code, stdout } = await run('status', 'example.sweep');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('example: 4 of 6 cells done, 2 failed');
    expect(stdout).toMatch(/\nfailed: .*\(permanent\): /);
    expect(stdout).toContain('\ntable: example.sweep/table.parquet\n');
    const json = await run('status', 'example.sweep', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ cells: 6, done: 4, failed: 2, open: 0 });
  });

  it('finds every file that was changed', async () => {
    const good = await run('status', 'example.sweep', '--check');
    expect([good.code, good.stdout]).toEqual([
      0,
      expect.stringContaining('checked: 6 rows, 4 files of weights and the table have the bytes'),
    ]);
    const weights = readdirSync(join(folder, 'example.sweep/weights'));
    const [rows] = readdirSync(join(folder, 'example.sweep/rows'));
    const files = [`weights/${weights[0]}`, 'table.parquet', `rows/${rows}`];
    for (const file of files) {
      const path = join(folder, 'example.sweep', file);
      const bytes = readFileSync(path);
      const wrong = Uint8Array.from(bytes);
      wrong[wrong.length - 9] ^= 1;
      writeFileSync(path, wrong);
      // oxlint-disable-next-line no-await-in-loop -- one file is damaged at a time
      const { code, stdout, stderr } = await run('status', 'example.sweep', '--check');
      writeFileSync(path, bytes);
      expect([file, code, stderr]).toEqual([
        file,
        1,
        'polysem: example.sweep: files have changed since they were written; remove those listed, then give polysem sweep run again\n',
      ]);
      expect(stdout).toContain(
        `checked: 1 file has changed since it was written\n  ${file}: is damaged`,
      );
    }
  });
});

describe('polysem sweep export', () => {
  it('writes CSV with its notes, and the bytes of the finished table', async () => {
    const { code } = await run(
      'export',
      'example.sweep',
      '--csv',
      'a.csv',
      '--parquet',
      'a.parquet',
    );
    expect(code).toBe(0);
    const csv = readFileSync(join(folder, 'a.csv'), 'utf8');
    expect(csv.split('\n')[0]).toMatch(/^cell,learningRate,seed,loss,.*,weights,"?error"?$/);
    expect(csv.trim().split('\n')).toHaveLength(7);
    const notes = JSON.parse(readFileSync(join(folder, 'a.csv.json'), 'utf8')) as object;
    expect(notes).toMatchObject({ name: 'example', cells: 6 });
    const bytes = ['a.parquet', 'example.sweep/table.parquet'].map((file) =>
      readFileSync(join(folder, file), 'base64'),
    );
    expect(bytes[0]).toBe(bytes[1]);
  });
});

describe('bad input', () => {
  it.each([
    [['show', 'nowhere'], /nowhere: no manifest\.json, so this is not the folder of a sweep/],
    [['status', '.'], /\.: no manifest\.json/],
    [['export', 'example.sweep'], /give --csv FILE or --parquet FILE/],
    [['export', 'nowhere', '--csv', 'b.csv'], /nowhere: no manifest\.json/],
    [['export', 'example.sweep', '--csv', 'b.txt'], /--csv: writes csv, got "b\.txt"/],
    [['show', 'example.sweep', '--out', 'page.svg'], /--out: writes html/],
    [['show'], /missing required argument/],
  ])('is answered with one line: %j', async (words, message) => {
    const { code, stderr } = await run(...words);
    expect([code, stderr.trim().split('\n')]).toEqual([2, [expect.stringMatching(message)]]);
    expect(existsSync(join(folder, 'b.csv'))).toBe(false);
  });
});
