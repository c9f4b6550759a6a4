import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { parseComparison, parseResult } from '@polysem/reports/results';
import { generator, normal, permutation } from '@polysem/numerics/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { PYTHON, missingModules } from '../../../test/python.ts';
import { polysemInTurn, scratch } from './polysem.ts';

interface Compared {
  pairs: number;
  pairing: string;
  isNearChance: boolean;
  mcc: number | null;
  similarity: { meanCosine: number; shared: number; shareOfA: number; shareOfB: number };
  gram: { cosine: number } | null;
  a: { features: number; unmatched: number };
  b: { features: number; skipped?: { count: number; features: number[] } };
  perPair?: { a: number[]; b: number[]; cosine: number[]; labelA?: string[]; labelB?: string[] };
  unmatched?: { a: number[]; b: number[] };
  configuration: { by: string; a: { file: string; sha256: string | null; tensor: string } };
}

const [DIMS, FEATURES, OTHERS] = [8, 30, 24];
/** The features of B are these of A, with noise. */
let order: Uint32Array | Int32Array;
let folder: string;

const npy = (name: string, rows: number, data: Float64Array): void =>
  writeFileSync(join(folder, name), encodeNpy({ shape: [rows, data.length / rows], data }));

beforeAll(() => {
  folder = scratch();
  const g = generator(3);
  const a = Float64Array.from({ length: FEATURES * DIMS }, () => normal(g));
  order = Int32Array.from(permutation(g, FEATURES)).slice(0, OTHERS);
  const b = Float64Array.from(
    { length: OTHERS * DIMS },
    (_, j) => a[order[Math.floor(j / DIMS)] * DIMS + (j % DIMS)] + 0.05 * normal(g),
  );
  npy('a.npy', FEATURES, a);
  npy('b.npy', OTHERS, b);
  npy('wide.npy', 3, new Float64Array(21).fill(1));
  const bad = b.slice();
  bad[2 * DIMS] = NaN;
  npy('bad.npy', OTHERS, bad);
  const tensors = [
    { name: 'one', shape: [FEATURES, DIMS], data: a },
    { name: 'two', shape: [OTHERS, DIMS], data: b },
  ];
  writeFileSync(join(folder, 'both.safetensors'), encodeSafetensors(tensors));
  const table = (name: string, label: (i: number) => string, data: Float64Array): void => {
    const rows = Array.from({ length: data.length / DIMS }, (_, i) =>
      [label(i), ...data.subarray(i * DIMS, (i + 1) * DIMS)].join(','),
    );
    const head = ['name', ...Array.from({ length: DIMS }, (_, d) => `x${d}`)].join(',');
    writeFileSync(join(folder, name), `${head}\n${rows.join('\n')}\n`);
  };
  table('a.csv', (i) => `f${i}`, a);
  table('b.csv', (j) => `f${order[j]}`, b);
});

/** Runs a command that must succeed, in one process with the others, and parses its JSON. */
async function compared(...words: string[]): Promise<Compared> {
  const { code, stdout, stderr } = await polysemInTurn(['compare', ...words, '--json'], folder);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Compared;
}

const ROWS = ['--features', 'rows'];

describe('polysem compare', () => {
  it('finds the features of one file in the other, and writes all outputs', async () => {
    const words = ['compare', 'a.npy', 'b.npy', ...ROWS];
    const outputs = [
      '--out',
      'c.json',
      '--per-pair',
      'c.csv',
      '--report',
      'c.html',
      '--figure',
      'c.svg',
    ];
    const { code, stdout, stderr } = await polysemInTurn([...words, ...outputs], folder);
    expect(code).toBe(0);
    expect(stdout).toContain(`${OTHERS} pairs one to one`);
    expect(stdout).toContain('6 of A and 0 of B without a pair');
    expect(stdout).not.toContain('Near chance');
    expect(stderr).toContain('wrote c.html');
    const text = readFileSync(join(folder, 'c.json'), 'utf8');
    const found = JSON.parse(text) as Compared;
    const { perPair, unmatched, configuration } = found;
    perPair?.a.forEach((i, k) => expect(order[perPair.b[k]]).toBe(i));
    expect(unmatched?.a.concat(perPair?.a ?? []).toSorted((x, y) => x - y)).toEqual(
      Array.from({ length: FEATURES }, (_, i) => i),
    );
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, 'a.npy')))
      .digest('hex');
    expect(configuration.a).toMatchObject({ file: 'a.npy', sha256: digest, tensor: 'a' });
    const back = parseComparison(text, 'c.json');
    expect(back).toMatchObject({
      pairs: OTHERS,
      dims: DIMS,
      mcc: found.mcc,
      pairing: 'one-to-one',
    });
    expect([...(back.perPair?.cosine ?? [])]).toEqual(perPair?.cosine);
    expect(() => parseResult(text, 'c.json', {} as Parameters<typeof parseResult>[2])).toThrow(
      'polysem compare --report',
    );
    const [head, ...rows] = readFileSync(join(folder, 'c.csv'), 'utf8').trim().split('\n');
    expect(head).toBe('a,b,cosine,capacityA,capacityB,difference,nearestOfA,nearestOfB');
    expect(rows).toHaveLength(FEATURES);
    expect(rows.at(-1)).toMatch(/^\d+,-1,,0\.\d+,,,0\.\d+,$/);
    const page = readFileSync(join(folder, 'c.html'), 'utf8');
    expect(page).toContain('<h1>a.npy and b.npy compared</h1>');
    expect(page).toContain('Pairs with the least cosine');
    expect(page).toContain(digest);
    expect(readFileSync(join(folder, 'c.svg'), 'utf8')).toContain('random directions');
  });

  it('takes a tensor after a colon, one value for both files or two, and both from one file', async () => {
    const expected = await compared('a.npy', 'b.npy', ...ROWS);
    for (const words of [
      ['both.safetensors:one', 'both.safetensors:two', ...ROWS],
      ['both.safetensors:one', 'b.npy', '--features', 'rows,rows'],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one process for all
      const found = await compared(...words);
      expect([found.pairs, found.mcc]).toEqual([expected.pairs, expected.mcc]);
    }
  });

  it('pairs by the names of rows, and by labels', async () => {
    const byRows = await compared('a.csv', 'b.csv', ...ROWS, '--by', 'names');
    expect(byRows.pairs).toBe(OTHERS);
    byRows.perPair?.labelA?.forEach((name, k) => expect(byRows.perPair?.labelB?.[k]).toBe(name));
    expect(byRows.similarity.shared).toBe(OTHERS);
    expect(byRows.gram?.cosine).toBeGreaterThan(0.9);
    const words = ['a.npy', 'b.npy', ...ROWS, '--by', 'names'];
    const labels = ['--labels', 'a.csv:name', '--labels-b', 'b.csv:name'];
    const byLabels = await compared(...words, ...labels);
    expect(byLabels.perPair).toEqual(byRows.perPair);
  });

  it('says when cosines are near chance, and finds the common arrangement with --align', async () => {
    const g = generator(8);
    const [n, d] = [60, 6];
    const w = Float64Array.from({ length: n * d }, () => normal(g));
    // A cyclic shift of the axes with a change of sign is a rotation that no cosine sees through.
    const turned = w.map(
      (_, j) => (j % d === 0 ? -1 : 1) * w[Math.floor(j / d) * d + ((j + 2) % d)],
    );
    npy('w.npy', n, w);
    npy('turned.npy', n, turned);
    const by = ['w.npy', 'turned.npy', ...ROWS, '--by', 'order'];
    const plain = await polysemInTurn(['compare', ...by], folder);
    expect(plain.stdout).toContain('Near chance: ');
    expect(plain.stdout).toContain('The Gram matrices, which do not depend on axes, agree more');
    const aligned = await compared(...by, '--align');
    expect(aligned.isNearChance).toBe(false);
    expect(aligned.similarity.meanCosine).toBeCloseTo(1, 10);
    expect(aligned.gram?.cosine).toBeCloseTo(1, 10);
  });

  it('pairs two toy models of polysem by order, and two checkpoints too', async () => {
    const problem = ['--importance', '0.9^i', '--features', '6', '--dims', '3', '--density', '0.1'];
    for (const seed of ['1', '2']) {
      const out = ['--seed', seed, '--seeds', '1', '--out', `t${seed}.safetensors`];
      // oxlint-disable-next-line no-await-in-loop -- one process for all
      expect((await polysemInTurn(['train', ...problem, ...out], folder)).code).toBe(0);
    }
    const { stdout, stderr } = await polysemInTurn(
      ['compare', 't1.safetensors', 't2.safetensors'],
      folder,
    );
    expect(stdout).toContain('6 pairs in the same order');
    expect(stderr).toContain('--by match pairs by cosine');
    const same = await compared('t1.safetensors', 't1.safetensors', '--by', 'match');
    expect(same.configuration.by).toBe('match');
    expect(same.mcc).toBeCloseTo(1, 6);
  });

  it('leaves out features that are not finite with --skip-bad, and numbers the others as in the file', async () => {
    const found = await compared('a.npy', 'bad.npy', ...ROWS, '--skip-bad');
    expect(found.b.skipped).toEqual({ count: 1, features: [2] });
    expect(found.pairs).toBe(OTHERS - 1);
    found.perPair?.a.forEach((i, k) => expect(order[found.perPair?.b[k] ?? -1]).toBe(i));
  });

  it('matches mutual nearest neighbours on request', async () => {
    const found = await compared('a.npy', 'b.npy', ...ROWS, '--matching', 'mutual');
    expect([found.pairing, found.mcc, found.pairs]).toEqual(['mutual', null, OTHERS]);
  });

  it('refuses wrong input in one line', async () => {
    const compare = (...words: string[]): string[] => ['compare', ...words];
    const cases: [string[], string][] = [
      [compare('a.npy'), "missing required argument 'b'"],
      [compare('a.npy', 'none.npy', ...ROWS), 'none.npy: no such file'],
      [compare('a.npy', 'b.npy'), 'give --features rows (30 features in 8 dimensions)'],
      [compare('a.npy', 'wide.npy', ...ROWS), 'both need as many dimensions, got 8 in a.npy'],
      [compare('a.npy', 'bad.npy', ...ROWS), 'add --skip-bad to leave such features out'],
      [
        compare('a.npy', 'b.npy', ...ROWS, '--by', 'order'),
        '--by: order needs as many features in both, got 30 and 24',
      ],
      [
        compare('a.npy', 'b.npy', ...ROWS, '--by', 'names'),
        '--by names: a.npy has no names of features',
      ],
      [
        compare('a.npy', 'b.npy', ...ROWS, '--align'),
        '--align: needs pairs that are given; add --by order',
      ],
      [
        compare('a.npy', 'b.npy', ...ROWS, '--threshold', '2'),
        '--threshold: expected a cosine from -1 to 1',
      ],
      [
        compare('a.npy', 'b.npy', ...ROWS, '--by', 'order', '--matching', 'mutual'),
        '--matching: requires --by match',
      ],
      [
        compare('a.npy', 'b.npy', '--features', 'rows,rows,rows'),
        '--features: expected one value for both files, or two',
      ],
      [compare('-', '-', ...ROWS), 'only one of the two can be read from standard input'],
      [compare('a.npy', 'b.npy', ...ROWS, '--out', 'a.npy'), '--out: a.npy is an input file'],
    ];
    for (const [words, message] of cases) {
      // oxlint-disable-next-line no-await-in-loop -- one process for all
      const { code, stderr } = await polysemInTurn(words, folder);
      expect([message, code, stderr.trim().split('\n').length]).toEqual([message, 2, 1]);
      expect(stderr).toContain(message);
    }
  });

  const skipped = missingModules(['numpy', 'scipy']);
  it.skipIf(skipped !== '')(`agrees with scipy${skipped}`, async () => {
    const found = await compared('a.npy', 'b.npy', ...ROWS);
    const program = `
import json, numpy as np
from scipy.optimize import linear_sum_assignment
a, b = (np.load(f) for f in ("a.npy", "b.npy"))
a, b = (w / np.linalg.norm(w, axis=1, keepdims=True) for w in (a, b))
c = a @ b.T
rows, columns = linear_sum_assignment(c, maximize=True)
free = linear_sum_assignment(abs(c), maximize=True)
print(json.dumps([rows.tolist(), columns.tolist(), abs(c)[free].mean(), c.max(1).mean(), c.max(0).mean()]))`;
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [rows, columns, mcc] = JSON.parse(stdout) as [number[], number[], number];
    expect([found.perPair?.a, found.perPair?.b]).toEqual([rows, columns]);
    // Cosines are float32 while they are assigned.
    expect(Math.abs((found.mcc ?? 0) - mcc)).toBeLessThan(2 ** -22);
  });
});
