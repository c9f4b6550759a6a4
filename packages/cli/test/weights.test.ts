import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, readTable } from '@polysem/io';
import { openFile } from '@polysem/io/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysemMany, scratch } from './polysem.ts';
import {
  byDefinition,
  FEATURES,
  parsed,
  random,
  rowsOf,
  tokens,
  writeModel,
} from './weights-files.ts';

function centred(rows: number[][]): number[][] {
  const mean = rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
  return rows.map((row) => row.map((x, k) => x - mean[k]));
}

function scaled(rows: number[][]): number[][] {
  return rows.map((row) => row.map((x) => x / Math.hypot(...row)));
}

/** Largest relative difference. */
function apart(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...found.map((c, i) => Math.abs(c - expected[i]) / expected[i]));
}

let folder: string;
beforeAll(() => {
  folder = scratch();
  writeModel(folder);
  writeFileSync(
    join(folder, 'vocab.txt'),
    Array.from({ length: FEATURES }, (_, i) => `token<${i}>`).join('\n'),
  );
});

const MODEL = ['measure', 'model'];
const TOKENS = [...MODEL, '--preset', 'token-embedding'];

describe('polysem measure, flag by flag', () => {
  it('gives the capacities of the definition for plain, centred and normalised vectors', async () => {
    const rows = rowsOf(tokens);
    const cases: [string[], number[][]][] = [
      [[], rows],
      [['--centre'], centred(rows)],
      [['--normalise'], scaled(rows)],
      [['--centre', '--normalise'], scaled(centred(rows))],
    ];
    const kinds = ['float64', 'float32'];
    const runs = await polysemMany(
      kinds.flatMap((kind) =>
        cases.map(([flags]) => [...TOKENS, '--json', '--precision', kind, ...flags]),
      ),
      folder,
    );
    runs.forEach((run, i) => {
      const found = parsed(run);
      const [flags, vectors] = cases[i % cases.length];
      const kind = kinds[Math.floor(i / cases.length)];
      expect(found.treatment).toEqual({
        centred: flags.includes('--centre'),
        normalised: flags.includes('--normalise'),
      });
      if (kind === 'float64') expect(found.precision.frame).toBe(kind);
      // 60 sums of 8 products, squared: a few hundred roundings. Changed vectors are rounded to float32 again, and
      // capacities are a ratio of fourth powers.
      const products = 500 * (kind === 'float64' ? 2 ** -53 : 2 ** -24);
      const bound = products + (flags.length > 0 ? 8 * 2 ** -24 : 0);
      expect(apart(found.perFeature.capacity, byDefinition(vectors))).toBeLessThan(bound);
    });
  });

  it('finds neighbours, computes every baseline, and names features', async () => {
    const all = 'gaussian,unit,spectrum,norms,shuffled,sparse';
    const words = [...TOKENS, '--neighbours', '--baseline', all, '--labels', 'vocab.txt'];
    const [json, text, wrong, none, both] = await polysemMany(
      [
        [...words, '--json'],
        words,
        [...TOKENS, '--baseline', 'gaussian,uniform'],
        [...TOKENS, '--no-coherence', '--json'],
        [...TOKENS, '--no-coherence', '--neighbours'],
      ],
      folder,
    );
    const found = parsed(json);
    const unit = scaled(rowsOf(tokens));
    unit.forEach((a, i) => {
      const cosines = unit.map((b, j) =>
        i === j ? -1 : Math.abs(a.reduce((sum, x, k) => sum + x * b[k], 0)),
      );
      const { neighbour = [], cosine = [] } = found.perFeature;
      // No other feature has a larger |cosine|.
      expect(cosines[neighbour[i]]).toBeCloseTo(Math.abs(cosine[i]), 6);
      expect(Math.max(...cosines)).toBeCloseTo(cosines[neighbour[i]], 6);
    });
    expect(found.references.map(({ name }) => name)).toEqual([
      'random Gaussian',
      'random unit vectors',
      'own spectrum',
      'own norms',
      'norms shuffled',
      'random sparse',
    ]);
    for (const { figures } of found.references) {
      expect(figures.efficiency).toBeGreaterThan(0.5);
      expect(figures.efficiency).toBeLessThanOrEqual(1);
    }
    expect(text.stdout).toMatch(/least capacity +token<\d+> 0\.\d+/);
    expect(found.perFeature.label?.[7]).toBe('token<7>');
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      'polysem: --baseline: expected some of gaussian, unit, spectrum, norms, shuffled, sparse, separated by commas, got "gaussian,uniform"\n',
    ]);
    expect(parsed(none).coherence).toBe(null);
    expect([both.code, both.stderr.includes('given together with')]).toEqual([2, true]);
  });

  it('measures several layers with the same results as one by one', async () => {
    const [all, one, pattern, text, two, table] = await polysemMany(
      [
        [...MODEL, '--preset', 'mlp-out', '--layer', 'all', '--json'],
        [...MODEL, '--preset', 'mlp-out', '--layer', '2', '--json'],
        [...MODEL, '--tensor', 'h.*.mlp.c_proj.weight', '--json'],
        [...MODEL, '--preset', 'mlp-out', '--layer', '2,0'],
        [...MODEL, '--preset', 'mlp-out', '--layer', 'all', '--gram', 'x.svg'],
        [...MODEL, '--preset', 'mlp-out', '--layer', 'all', '--per-feature', 'x.csv'],
      ],
      folder,
    );
    const { matrices = [] } = parsed(all);
    expect(matrices.map(({ matrix }) => matrix)).toEqual(
      [0, 1, 2].map((k) => `mlp-out of layer ${k} (h.${k}.mlp.c_proj.weight)`),
    );
    expect(matrices[2].perFeature).toEqual(parsed(one).perFeature);
    expect(parsed(pattern).matrices?.map((m) => m.perFeature)).toEqual(
      matrices.map((m) => m.perFeature),
    );
    expect(text.stdout.indexOf('layer 2')).toBeLessThan(text.stdout.indexOf('layer 0'));
    expect([two.code, two.stderr]).toEqual([
      2,
      'polysem: --gram: draws one matrix, but 3 are chosen; choose one with --layer or --tensor\n',
    ]);
    expect(table.code).toBe(0);
    const source = await openFile(join(folder, 'x.csv'));
    const { columns } = await readTable(source);
    await source.close();
    const values = Object.fromEntries(columns.map((c) => [c.name, Array.from<unknown>(c.values)]));
    expect(values.matrix).toEqual(
      matrices.flatMap(({ matrix, features }) => Array.from({ length: features }, () => matrix)),
    );
    expect(values.feature).toEqual(
      matrices.flatMap(({ features }) => Array.from({ length: features }, (_, i) => i)),
    );
    expect(values.capacity).toEqual(matrices.flatMap((m) => m.perFeature.capacity));
    expect(values.neighbour).toEqual(matrices.flatMap((m) => m.perFeature.neighbour));
  });

  it('gives the same bytes with one thread and with two', async () => {
    // Large enough to use workers.
    const [features, dims] = [5000, 256];
    writeFileSync(join(folder, 'large.npy'), encodeNpy(random(features, dims)));
    const large = ['measure', 'large.npy', '--features', 'rows', '--no-coherence'];
    const words = [
      'measure',
      'large.npy',
      '--features',
      'rows',
      '--neighbours',
      '--centre',
      '--baseline',
      'shuffled',
      '--threads',
    ];
    const [one, two, ...kinds] = await polysemMany(
      [
        ...['1', '2'].map((n) => [...words, n, '--per-feature', `each-${n}.parquet`, '--json']),
        ...['float32', 'float64'].map((kind) => [...large, '--precision', kind, '--json']),
      ],
      folder,
    );
    const [fast, exact] = kinds.map(parsed);
    expect([fast.precision.frame, exact.precision.frame]).toEqual(['float32', 'float64']);
    // The error bound of float32 capacities also holds for their sum.
    expect(Math.abs(fast.capacity.total / exact.capacity.total - 1)).toBeLessThan(1e-5);
    expect(parsed(one).features).toBe(features);
    expect(two.stdout).toBe(one.stdout);
    const [first, second] = ['1', '2'].map((n) => readFileSync(join(folder, `each-${n}.parquet`)));
    expect(first.equals(second)).toBe(true);
  });

  it('writes a Parquet file with all figures per feature and provenance', async () => {
    const words = [...TOKENS, '--labels', 'vocab.txt', '--seed', '5', '--normalise'];
    const [run] = await polysemMany(
      [[...words, '--per-feature', 'each.parquet', '--json']],
      folder,
    );
    const { perFeature } = parsed(run);
    const source = await openFile(join(folder, 'each.parquet'));
    const { columns, metadata } = await readTable(source);
    await source.close();
    const values = Object.fromEntries(columns.map((c) => [c.name, Array.from<unknown>(c.values)]));
    expect(Object.keys(values)).toEqual([
      'feature',
      'label',
      'capacity',
      'leverage',
      'squaredNorm',
      'interference',
      'participation',
      'neighbour',
      'cosine',
    ]);
    expect(values.capacity).toEqual(perFeature.capacity);
    expect(values.label).toEqual(perFeature.label);
    expect(values.feature).toEqual(Array.from({ length: FEATURES }, (_, i) => i));
    expect(metadata).toMatchObject({ seed: '5' });
    expect(JSON.parse(metadata.configuration)).toMatchObject({
      command: 'measure',
      file: 'model',
      tensor: 'wte.weight',
      features: 'rows',
      normalised: true,
    });
  });

  it('asks which instance of several to measure', async () => {
    const train = ['train', '--features', '6', '--dims', '3', '--importance', '1', '--density'];
    const many = [...train, '0.1', '--instances', '3', '--out', 'many.safetensors', '--json'];
    const measure = ['measure', 'many.safetensors'];
    const [made, one, ask, beyond, listed] = await polysemMany(
      [
        many,
        [...measure, '--index', '1', '--json'],
        measure,
        [...measure, '--index', '3'],
        [...measure, '--list'],
      ],
      folder,
    );
    const { instances } = JSON.parse(made.stdout) as { instances: { capacity: number[] }[] };
    expect(apart(parsed(one).perFeature.capacity, instances[1].capacity)).toBeLessThan(1e-12);
    expect([ask.code, ask.stderr]).toEqual([
      2,
      'polysem: many.safetensors: "W" is a stack of 3 matrices; choose one with --index, 0 to 2\n',
    ]);
    expect([beyond.code, beyond.stderr]).toEqual([
      2,
      'polysem: --index: expected at most 2, got "3"\n',
    ]);
    expect(listed.stdout).toContain('--preset toy-model --index 0..2');
  });

  it('never overwrites its input', async () => {
    const csv = Array.from({ length: 5 }, (_, i) => `${i},${i * i - 1}`).join('\n');
    writeFileSync(join(folder, 'own.csv'), csv);
    const [run] = await polysemMany(
      [['measure', 'own.csv', '--features', 'rows', '--per-feature', './own.csv']],
      folder,
    );
    expect([run.code, run.stderr]).toEqual([
      2,
      'polysem: --per-feature: ./own.csv is an input file; give another file\n',
    ]);
    expect(readFileSync(join(folder, 'own.csv'), 'utf8')).toBe(csv);
  });
});
