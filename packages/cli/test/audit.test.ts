import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocateQuadratic } from '@polysem/core/theory';
import { efficientEmbedding } from '@polysem/core/geometry';
import { generator, normal, uniform } from '@polysem/numerics/random';
import { sampleFeatures } from '@polysem/core/features';
import { bytesSource, encodeNpy, readTable } from '@polysem/io';
import { encodeParquet } from '@polysem/io/tables';
import { beforeAll, describe, expect, it } from 'vitest';
import { readKnown } from '../src/audit/known-features.ts';
import { polysem, polysemInTurn, polysemJson, scratch } from './polysem.ts';

interface Audited {
  features: number;
  price: { value: number; low: number; high: number };
  goodness: Record<'pearson' | 'rSquared', { value: number; low: number; high: number }>;
  permutation: { pValue: number };
  nulls: { name: string; advantage: { value: number } }[];
  limits: { name: string }[];
  trends: { density: object[] | null; kurtosis: object[] };
  outliers: { list: { feature: number }[] };
  relations: { densityKurtosisHeld: { value: number | null } };
  perFeature?: { capacity: number[]; predicted: number[]; labels: string[] | null };
}

const FEATURES = 60;
const DIMS = 20;
let folder: string;
let price: number;

/** A table of the planted features with some lines changed. */
function table(change: (cells: string[], row: number) => string[] = (cells) => cells): string {
  const lines = planted.density.map((p, i) =>
    change(
      [
        String(i),
        `"f, ${i}"`,
        String(planted.importance[i]),
        String(planted.kurtosis[i]),
        String(p),
      ],
      i,
    ).join(','),
  );
  return `feature,name,v,k,p\n${lines.join('\n')}\n`;
}

const g = generator(1);
const planted = (() => {
  const density = Array.from({ length: FEATURES }, () => Math.exp(-4 * uniform(g)));
  const importance = density.map((p) => Math.sqrt(p) * Math.exp(normal(g)));
  return { density, importance, kurtosis: density.map((p) => 6 / p) };
})();

beforeAll(() => {
  folder = scratch();
  const plan = allocateQuadratic({ ...planted, dims: DIMS });
  price = plan.price;
  const { data } = efficientEmbedding(plan.capacity, plan.squaredNorm, DIMS);
  writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape: [FEATURES, DIMS], data }));
  writeFileSync(join(folder, 'stats.csv'), table());
});

const AUDIT = ['audit', 'w.npy', '--features', 'rows', '--resamples', '50'];
const STATS = [...AUDIT, '--stats', 'stats.csv', '--importance', 'v'];

describe('polysem audit', () => {
  it('recovers the allocation that the vectors were constructed with, and writes every output', () => {
    const words = ['--kurtosis', 'k', '--density', 'p', '--label', 'name', '--out', 'all.json'];
    const audit = polysemJson<Audited>(
      [...STATS, ...words, '--figure', 'a.svg', '--per-feature', 'each.csv'],
      folder,
    );
    expect(audit.features).toBe(FEATURES);
    expect(audit.price.value / price).toBeCloseTo(1, 6);
    expect(audit.goodness.pearson.value).toBeCloseTo(1, 9);
    expect(audit.permutation.pValue).toBe(0.001);
    expect(audit.nulls.map(({ name }) => name)).toEqual([
      'constant',
      'proportional',
      'monotone-importance',
      'monotone-density',
    ]);
    expect(audit.perFeature?.labels?.[7]).toBe('f, 7');
    expect(JSON.parse(readFileSync(join(folder, 'all.json'), 'utf8'))).toEqual(
      expect.objectContaining({ price: audit.price, perFeature: audit.perFeature }),
    );
    const svg = readFileSync(join(folder, 'a.svg'), 'utf8');
    expect(svg).toContain('measured C');
    expect(svg).toContain('Over frequency P(active)');
    const lines = readFileSync(join(folder, 'each.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('feature,label,capacity,predicted,residual,importance,kurtosis,density');
    expect(lines[8]).toMatch(/^7,"f, 7",/);
    expect(lines).toHaveLength(FEATURES + 1);
  });

  it('computes kurtosis from frequency and distribution, and states its limits', () => {
    const run = polysem([...STATS, '--density', 'p', '--shape', 'laplace'], folder);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('60 features in 20 dimensions, rank 20, efficiency 1');
    expect(run.stdout).toMatch(/quadratic model, best fit +1 +1 +1 +\d/);
    expect(run.stdout).toContain('What this does not show');
    expect(run.stdout).toContain('as if all active values were laplace');
    const audit = polysemJson<Audited>([...STATS, '--density', 'p', '--shape', 'laplace'], folder);
    // Kurtosis is a function of the frequency here.
    expect(audit.relations.densityKurtosisHeld.value).toBeNull();
  });

  it('matches rows by the column `feature`, in any order', () => {
    const [names, ...rows] = table().trimEnd().split('\n');
    writeFileSync(join(folder, 'turned.csv'), [names, ...rows.toReversed()].join('\n'));
    const same = ['stats.csv', 'turned.csv'].map((file) =>
      polysemJson<Audited>(
        [...AUDIT, '--stats', file, '--importance', 'v', '--kurtosis', 'k'],
        folder,
      ),
    );
    expect(same[1].perFeature).toEqual(same[0].perFeature);
    expect(same[1].price).toEqual(same[0].price);
  });

  it('reads Parquet like CSV, and writes Parquet with provenance', async () => {
    const columns = [
      { name: 'v', values: Float64Array.from(planted.importance) },
      { name: 'k', values: Float64Array.from(planted.kurtosis) },
      { name: 'name', values: planted.kurtosis.map((_, i) => `f, ${i}`) },
    ];
    writeFileSync(join(folder, 'stats.parquet'), encodeParquet(columns));
    const flags = ['--importance', 'v', '--kurtosis', 'k', '--label', 'name', '--stats'];
    const [csv, parquet] = ['stats.csv', 'stats.parquet'].map((file) =>
      polysemJson<Audited>(
        [...AUDIT, ...flags, file, '--per-feature', `${file}.each.parquet`],
        folder,
      ),
    );
    expect(parquet.price).toEqual(csv.price);
    expect(parquet.perFeature).toEqual(csv.perFeature);
    const written = readFileSync(join(folder, 'stats.parquet.each.parquet'));
    const { columns: read, metadata } = await readTable(
      bytesSource('each', new Uint8Array(written)),
    );
    const values = new Map(read.map((column) => [column.name, column.values]));
    expect(Array.from<unknown>(values.get('predicted') ?? [])).toEqual(
      parquet.perFeature?.predicted,
    );
    expect(values.get('label')?.[7]).toBe('f, 7');
    expect(JSON.parse(metadata.configuration)).toMatchObject({
      command: 'audit',
      stats: 'stats.parquet',
    });
    const lacking = polysem(
      [...AUDIT, '--stats', 'stats.parquet', ...flags.slice(0, 2), '--kurtosis', 'q'],
      folder,
    );
    expect([lacking.code, lacking.stderr]).toEqual([
      2,
      'polysem: --kurtosis: stats.parquet has no column "q"; it has v, k, name\n',
    ]);
  });

  it('computes statistics from activations', () => {
    const samples = 3000;
    const data = new Float64Array(samples * FEATURES);
    const inputs = planted.density.map(
      (density) => ({ shape: 'laplace', density, unitVariance: true }) as const,
    );
    sampleFeatures(generator(2), inputs, FEATURES, data);
    writeFileSync(join(folder, 'z.npy'), encodeNpy({ shape: [samples, FEATURES], data }));
    const audit = polysemJson<Audited>(
      [...AUDIT, '--activations', 'z.npy', '--scale', 'rms'],
      folder,
    );
    // Full features have |w|^2 = v, others less, so the result is only close to the planned allocation.
    expect(audit.goodness.pearson.value).toBeGreaterThan(0.9);
    expect(audit.trends.density).not.toBeNull();
    expect(audit.limits.map(({ name }) => name)).toContain('circular');
    const cut = polysem([...AUDIT, '--activations', 'w.npy'], folder);
    expect([cut.code, cut.stderr]).toEqual([
      2,
      'polysem: w.npy: contains 60 x 20; activations of 60 features must be one matrix, samples x 60\n',
    ]);
  });

  it.each<[string, string[], string | null, string]>([
    ['none', AUDIT, null, '--stats: is missing'],
    ['both', [...STATS, '--activations', 'z.npy'], null, 'not both'],
    ['no importance', [...AUDIT, '--stats', 'stats.csv'], null, '--importance: is missing'],
    ['no kurtosis', STATS, null, '--kurtosis: is missing; name a column, or give --density'],
    [
      'two kurtoses',
      [...STATS, '--kurtosis', 'k', '--shape', 'laplace'],
      null,
      '--shape: --kurtosis',
    ],
    [
      'no such column',
      [...STATS, '--kurtosis', 'q'],
      null,
      '--kurtosis: stats.csv has no column "q"; it has feature, name, v, k, p',
    ],
    [
      'text',
      [...STATS, '--kurtosis', 'name'],
      null,
      'stats.csv: line 2, column "name": "f, 0" is not a number',
    ],
    [
      'negative',
      [],
      table((cells, i) => (i === 4 ? cells.with(2, '-1') : cells)),
      'bad.csv: line 6, column "v": has -1; an importance is at least 0',
    ],
    [
      'empty',
      [],
      table((cells, i) => (i === 4 ? cells.with(2, '') : cells)),
      'bad.csv: line 6, column "v": has no number',
    ],
    [
      'excess',
      [],
      table((cells, i) => (i === 9 ? cells.with(3, '0.5') : cells)),
      'bad.csv: line 11, column "k": has 0.5; a kurtosis is at least 1',
    ],
    [
      'counts',
      [],
      table((cells, i) => (i === 9 ? cells.with(4, '812') : cells)),
      'bad.csv: line 11, column "p": has 812; it is P(active)',
    ],
    [
      'twice',
      [],
      table((cells, i) => (i === 9 ? cells.with(0, '8') : cells)),
      'bad.csv: line 11, column "feature": feature 8 already has a row, line 10',
    ],
    [
      'beyond',
      [],
      table((cells, i) => (i === 9 ? cells.with(0, '60') : cells)),
      'bad.csv: line 11, column "feature": has 60; features are numbered 0 to 59',
    ],
    [
      'short line',
      [],
      table((cells, i) => (i === 9 ? cells.slice(1) : cells)),
      'bad.csv: line 11: has 4 cells, line 1 names 5 columns',
    ],
    [
      'few rows',
      [],
      table().split('\n').slice(0, 41).join('\n'),
      'bad.csv: has 40 rows for 60 features',
    ],
    ['nothing', [], '', 'bad.csv: holds no rows'],
  ])('refuses in one line: %s', async (_, words, content, message) => {
    if (content === null) {
      const run = await polysemInTurn(words, folder);
      expect(run.stderr).toMatch(/^polysem: [^\n]+\n$/);
      expect(run.stderr).toContain(message);
      expect([run.code, run.stdout]).toEqual([2, '']);
      return;
    }
    const stats = join(folder, 'bad.csv');
    writeFileSync(stats, content);
    const known = readKnown(
      { stats, importance: 'v', kurtosis: 'k', density: 'p' },
      { squaredNorm: new Float64Array(FEATURES).fill(1), skipped: [] },
      { update: () => {}, end: () => {} },
    );
    // Errors in the file itself come from its reader.
    await expect(known).rejects.toThrow(/^[^\n]+$/);
    await expect(known).rejects.toThrow(message);
  });
});
