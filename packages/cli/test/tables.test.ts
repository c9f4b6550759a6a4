import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy } from '@polysem/io';
import { readTableFile } from '@polysem/runs';
import { readStatsTable } from '@polysem/runs/audit';
import { beforeAll, describe, expect, it } from 'vitest';
import { readKnown } from '../src/audit/known-features.ts';
import { parseCorrelation } from '../src/commands/correlation.ts';
import { readLabels } from '../src/features/labels.ts';
import { polysem, polysemMany, scratch } from './polysem.ts';

let folder: string;
const rows = [
  [0.5, -1.25],
  [1, 0.25],
  [-0.75, 0.5],
  [0.125, 2],
];
const LABELS = ['=1+1', "'=1", '#tag', 'a "b", c', 'two\r\nlines'];

/** As pandas prints a float. */
const python = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);

beforeAll(() => {
  folder = scratch();
  const lines = (of: (row: number[], i: number) => string): string =>
    `${rows.map(of).join('\n')}\n`;
  const files: Record<string, Uint8Array | string> = {
    'w.npy': encodeNpy({ shape: [4, 2], data: Float64Array.from(rows.flat()) }),
    'pandas.csv': `,0,1\n${lines((row, i) => [i, ...row.map(python)].join(','))}`,
    'named.csv': `token,0,1\n${lines((row, i) => [`t${i}`, ...row.map(python)].join(','))}`,
    'r.tsv': `"V1"\t"V2"\n${lines((row, i) => [`"${i + 1}"`, ...row].join('\t'))}`,
    'doubt.csv': lines((row, i) => [i, ...row].join(',')),
    'five.npy': encodeNpy({ shape: [5, 2], data: Float64Array.from({ length: 10 }, (_, i) => i) }),
    'labels.csv': `label\n${LABELS.map((label) => `"${label.replaceAll('"', '""')}"\n`).join('')}`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
});

interface Measured {
  readonly efficiency: number;
  readonly perFeature: { readonly capacity: number[]; readonly label?: string[] };
}

const quiet = { update: () => {}, end: () => {} };
const MEASURE = ['measure', '--features', 'rows', '--json'];

describe('tables as matrices', () => {
  it('are measured without index and names, and say so', async () => {
    const files = ['w.npy', 'pandas.csv', 'named.csv', 'r.tsv'];
    const runs = await polysemMany(
      files.map((file) => [...MEASURE, file]),
      folder,
    );
    const [npy, ...tables] = runs.map(({ stdout }) => JSON.parse(stdout) as Measured);
    for (const { perFeature } of tables)
      expect(perFeature.capacity).toEqual(npy.perFeature.capacity);
    expect(runs.map(({ stderr }) => stderr)).toEqual([
      '',
      'pandas.csv: line 1, "", 0, 1, names the columns\npandas.csv: the first column is an index; left out\n',
      'named.csv: line 1, token, 0, 1, names the columns\nnamed.csv: the first column, "token", holds the names of the rows\n',
      'r.tsv: the first column is an index; left out\n',
    ]);
    expect(tables[1].perFeature.label).toEqual(['t0', 't1', 't2', 't3']);
  });

  it('are refused where the first column may be an index, until a flag decides', async () => {
    const [doubt, left, kept, wrong] = await polysemMany(
      [[], ['--index-column', '0'], ['--index-column', 'none'], ['--header', '1']].map((flags) => [
        ...MEASURE,
        'doubt.csv',
        ...flags,
      ]),
      folder,
    );
    expect([doubt.code, doubt.stderr]).toEqual([
      2,
      'polysem: doubt.csv: the first column counts the rows, as an index does; say which: --index-column 0 leaves it out of the numbers, --index-column none keeps it\n',
    ]);
    expect(JSON.parse(left.stdout)).toMatchObject({ features: 4, dims: 2 });
    expect(JSON.parse(kept.stdout)).toMatchObject({ features: 4, dims: 3 });
    expect(wrong.stderr).toBe('polysem: --header: expected 0 or none, got "1"\n');
  });

  it('are trained on without the index', async () => {
    const train = ['train', '--importance', '1', '--dims', '1', '--steps', '20', '--held-out', '0'];
    const [npy, csv, doubt, alone] = await polysemMany(
      [
        [...train, '--json', '--inputs', 'w.npy'],
        [...train, '--json', '--inputs', 'pandas.csv'],
        [...train, '--inputs', 'doubt.csv'],
        [...train.slice(0, -2), '--features', '2', '--density', '0.5', '--header', '0'],
      ],
      folder,
    );
    const lossOf = (text: string): number => (JSON.parse(text) as { loss: number }).loss;
    expect(lossOf(csv.stdout)).toBe(lossOf(npy.stdout));
    expect(csv.stderr).toContain('pandas.csv: the first column is an index; left out\n');
    expect(doubt.stderr).toContain('--index-column');
    expect(alone.stderr).toBe(
      'polysem: --header: requires --inputs FILE or --correlation copula:FILE; leave it out\n',
    );
  });

  it('are correlations and activations, whose header a flag decides', async () => {
    const path = join(folder, 'header.csv');
    writeFileSync(path, '0,1\n1,0.5\n0.5,1\n');
    await expect(parseCorrelation(`copula:${path}`, {})).rejects.toThrow('say which: --header 0');
    const matrix = [
      [1, 0.5],
      [0.5, 1],
    ];
    expect(await parseCorrelation(`copula:${path}`, { header: '0' })).toEqual({
      kind: 'copula',
      matrix,
    });
    await expect(parseCorrelation(`copula:${path}`, { header: 'none' })).rejects.toThrow('3 x 2');
    const meanSquare = async (header?: string): Promise<Float64Array> => {
      const flags = { activations: path, ...(header !== undefined && { header }) };
      const norms = { squaredNorm: Float64Array.of(1, 1), skipped: [] };
      const known = await readKnown({ ...flags, importance: 'meanSquare' }, norms, quiet);
      return known.importance;
    };
    await expect(meanSquare()).rejects.toThrow('say which: --header 0');
    expect(await meanSquare('0')).toEqual(Float64Array.of(0.625, 0.625));
    expect((await meanSquare('none'))[1]).toBeCloseTo(2.25 / 3, 12);
  });

  it('are statistics of a German spreadsheet, and say so', async () => {
    const path = join(folder, 'statistik.csv');
    writeFileSync(path, 'name;v;k\r\nHund;0,5;3\r\nKatze;1;12,25\r\n');
    const notes: string[] = [];
    const table = await readStatsTable(path, (line) => notes.push(line));
    expect([...table.numbers('v'), ...table.numbers('k')]).toEqual([0.5, 1, 3, 12.25]);
    expect(table.texts('name')).toEqual(['Hund', 'Katze']);
    expect(notes).toEqual([`${path}: read commas in numbers as decimal commas`]);
    writeFileSync(path, 'v;k\n1,234;3\n2,345;4\n');
    const doubtful = await readStatsTable(path);
    expect(() => doubtful.numbers('v')).toThrow(
      'statistik.csv: has commas that may separate thousands or decimals (1,234); write decimal points',
    );
  });

  it('are labels, whose header a flag decides', async () => {
    const path = join(folder, 'words.csv');
    writeFileSync(path, 'name\nage\n');
    const names = async (header?: string) => (await readLabels(path, header)).names;
    expect(await names()).toEqual(['age']);
    expect(await names('none')).toEqual(['name', 'age']);
    await expect(names('1')).rejects.toThrow('--labels-header: expected 0 or none, got "1"');
    await expect(readLabels(join(folder, 'w.npy'), '0')).rejects.toThrow(
      /^--labels-header: .*w\.npy is not a \.csv or \.tsv file; leave the flag out$/,
    );
    const { stderr } = polysem(
      [...MEASURE, 'w.npy', '--labels', 'words.csv', '--labels-header', 'none'],
      folder,
    );
    expect(stderr).toContain('the last 2 of 4 features have no label');
  });
});

describe('tables that are written', () => {
  it('begin with the names of their columns; configuration and labels are read back', async () => {
    const words = ['measure', 'five.npy', '--features', 'rows', '--per-feature', 'each.csv'];
    const { code, stderr } = polysem([...words, '--labels', 'labels.csv', '--seed', '7'], folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^each\.csv: label: .* formula for a spreadsheet; import the column as text$/m,
    );
    const text = readFileSync(join(folder, 'each.csv'), 'utf8');
    expect(text).toMatch(/^feature,label,capacity,/);
    const { columns, metadata } = await readTableFile(join(folder, 'each.csv'));
    expect(columns[1]).toEqual({ name: 'label', values: LABELS });
    expect(metadata.seed).toBe('7');
    expect(JSON.parse(metadata.configuration)).toMatchObject({
      command: 'measure',
      file: 'five.npy',
    });
    const again = polysem([...words.slice(0, 4), '--labels', 'each.csv', '--json'], folder);
    expect((JSON.parse(again.stdout) as Measured).perFeature.label).toEqual(LABELS);
  });

  it('do not overwrite another output with their configuration', () => {
    const words = ['measure', 'five.npy', '--features', 'rows', '--per-feature', 'x.csv'];
    const run = polysem([...words, '--report', 'x.csv.json'], folder);
    expect([run.code, run.stderr]).toEqual([
      2,
      'polysem: --report: x.csv.json is also the output of --per-feature, its configuration; give another file\n',
    ]);
  });
});
