import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable } from '@polysem/io';
import { openFile, openWeights } from '@polysem/io/node';
import { encodeCsv, encodeParquet } from '@polysem/io/tables';
import { afterAll, describe, expect, it } from 'vitest';
import { polysem } from '../packages/cli/test/polysem.ts';
import { missingModules, PYTHON } from './python.ts';

// Files go both ways between polysem and the libraries of Python, each opened in one line without options.

const LIBRARIES = ['numpy', 'pandas', 'pyarrow', 'polars', 'duckdb', 'safetensors'];
const skipped = missingModules(LIBRARIES);

const folder = mkdtempSync(join(tmpdir(), 'polysem-opens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function python(program: string): string {
  const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout;
}

const LABELS = [
  '#tag',
  'a "b", c',
  'two\nlines',
  '=1+1',
  "'tis",
  ' the',
  'naïve 日本',
  'a;b',
  '-x',
  '1',
  'x\ty',
  '\\n',
];
const CAPACITY = Float64Array.from(LABELS, (_, k) => (k === 3 ? NaN : 1 / (k + 3)));

/** Numbers without rounding, and NaN as text, as both languages print them in hexadecimal bytes. */
const bytesOf = (values: ArrayLike<number>): string =>
  Buffer.from(Float64Array.from(values).buffer).toString('hex');

describe.skipIf(skipped !== '')(`polysem and the libraries of Python${skipped}`, () => {
  it('agree on every text and number of a table', async () => {
    const columns = [
      { name: 'label', values: LABELS },
      { name: 'capacity', values: CAPACITY },
      { name: 'feature', values: Int32Array.from(LABELS.keys()) },
    ];
    writeFileSync(join(folder, 'x.csv'), encodeCsv(columns));
    writeFileSync(join(folder, 'x.parquet'), encodeParquet(columns));
    const found = JSON.parse(
      python(`
import duckdb, json, numpy, pandas, polars
opened = {
  "pandas csv": pandas.read_csv("x.csv"), "pandas parquet": pandas.read_parquet("x.parquet"),
  "polars csv": polars.read_csv("x.csv"), "polars parquet": polars.read_parquet("x.parquet"),
  "duckdb csv": duckdb.sql("FROM 'x.csv'").df(), "duckdb parquet": duckdb.sql("FROM 'x.parquet'").df(),
}
found = {}
for name, table in opened.items():
    capacity = numpy.array([numpy.nan if x is None else x for x in table["capacity"]], "<f8")
    found[name] = [list(table.columns), list(table["label"]), capacity.tobytes().hex(), [int(x) for x in table["feature"]]]
pandas.read_csv("x.csv").to_csv("pandas.csv")
pandas.read_csv("x.csv").to_csv("pandas-plain.csv", index=False)
pandas.read_csv("x.csv").to_parquet("pandas.parquet")
polars.read_csv("x.csv").write_csv("polars.csv")
polars.read_csv("x.csv").write_parquet("polars.parquet")
duckdb.sql("COPY (FROM 'x.csv') TO 'duckdb.csv'")
duckdb.sql("COPY (FROM 'x.csv') TO 'duckdb.parquet'")
print(json.dumps(found))`),
    ) as Record<string, unknown>;
    const expected = [
      ['label', 'capacity', 'feature'],
      LABELS,
      bytesOf(CAPACITY),
      [...LABELS.keys()],
    ];
    expect(Object.keys(found)).toHaveLength(6);
    for (const [name, table] of Object.entries(found))
      expect([name, table]).toEqual([name, expected]);

    for (const name of ['pandas', 'pandas-plain', 'polars', 'duckdb'])
      for (const ending of name === 'pandas-plain' ? ['csv'] : ['csv', 'parquet']) {
        const file = `${name}.${ending}`;
        // oxlint-disable-next-line no-await-in-loop
        const source = await openFile(join(folder, file));
        // oxlint-disable-next-line no-await-in-loop
        const { columns: read } = await readTable(source).finally(() => source.close());
        const values = Object.fromEntries(read.map((column) => [column.name, column.values]));
        expect([file, values.label]).toEqual([file, LABELS]);
        expect([file, bytesOf(values.capacity as Float64Array)]).toEqual([file, bytesOf(CAPACITY)]);
      }
  });

  it('agree on what the command line writes', () => {
    const run = (...words: string[]): void => {
      const { code, stderr } = polysem(words, folder);
      expect([code, stderr.match(/^polysem: .*/m)]).toEqual([0, null]);
    };
    const problem = [
      '--features',
      '4',
      '--dims',
      '2',
      '--importance',
      '4,2,1,0.5',
      '--density',
      '0.1',
    ];
    run('allocate', ...problem, '--embedding', 'W.npy');
    run('train', ...problem, '--seeds', '2', '--out', 'toy.safetensors');
    writeFileSync(
      join(folder, 'labels.csv'),
      encodeCsv([{ name: 'label', values: LABELS.slice(0, 4) }]),
    );
    for (const ending of ['csv', 'parquet'])
      run(
        'measure',
        'W.npy',
        '--features',
        'columns',
        '--labels',
        'labels.csv',
        '--per-feature',
        `each.${ending}`,
      );
    const found = JSON.parse(
      python(`
import duckdb, json, numpy, pandas, polars, pyarrow.parquet, safetensors.numpy
W = numpy.load("W.npy")
toy = safetensors.numpy.load_file("toy.safetensors")
tables = [pandas.read_csv("each.csv"), pandas.read_parquet("each.parquet"), polars.read_csv("each.csv"),
  polars.read_parquet("each.parquet"), duckdb.sql("FROM 'each.csv'").df(), duckdb.sql("FROM 'each.parquet'").df()]
G = W.T @ W
print(json.dumps({
  "version": pyarrow.parquet.read_schema("each.parquet").metadata[b"polysem"].decode(),
  "W": [list(W.shape), str(W.dtype)],
  "capacity": (G.diagonal() ** 2 / (G ** 2).sum(1)).tolist(),
  "toy": {name: [list(t.shape), str(t.dtype)] for name, t in toy.items()},
  "labels": [list(t["label"]) for t in tables],
  "capacities": [[float(x) for x in t["capacity"]] for t in tables],
}))`),
    ) as {
      version: string;
      W: unknown;
      capacity: number[];
      toy: unknown;
      labels: string[][];
      capacities: number[][];
    };
    const notes = JSON.parse(readFileSync(join(folder, 'each.csv.json'), 'utf8')) as {
      polysem: string;
    };
    expect(found.version).toBe(notes.polysem);
    expect(found.W).toEqual([[2, 4], 'float64']);
    expect(found.toy).toMatchObject({ W: [[2, 4], 'float64'] });
    for (const labels of found.labels) expect(labels).toEqual(LABELS.slice(0, 4));
    // Sums of four products of rounded numbers, in two orders.
    for (const capacities of found.capacities)
      capacities.forEach((capacity, k) =>
        expect(Math.abs(capacity - found.capacity[k])).toBeLessThan(16 * Number.EPSILON),
      );
  });

  it('agree on weights, whatever the library, order and type', async () => {
    const expected = JSON.parse(
      python(`
import json, numpy, pandas, polars, safetensors.numpy
W = numpy.random.default_rng(0).standard_normal((7, 3))
expected = {}
for kind in ["float64", "float32", "float16"]:
    w = W.astype(kind)
    numpy.save(f"{kind}.npy", w)
    numpy.save(f"{kind}-fortran.npy", numpy.asfortranarray(w))
    numpy.save(f"{kind}-big.npy", w.astype(w.dtype.newbyteorder(">")))
    numpy.savez(f"{kind}.npz", W=w)
    numpy.savez_compressed(f"{kind}-small.npz", W=w)
    safetensors.numpy.save_file({"W": w}, f"{kind}.safetensors")
    for end in [".npy", "-fortran.npy", "-big.npy", ".npz", "-small.npz", ".safetensors"]:
        expected[kind + end] = w.astype("<f8").tobytes().hex()
numpy.savetxt("W.txt.csv", W, delimiter=",", fmt="%.17g")
pandas.DataFrame(W).to_csv("pandas-W.csv")
pandas.DataFrame(W, columns=list("abc")).to_parquet("pandas-W.parquet")
polars.DataFrame(W).write_parquet("polars-W.parquet")
polars.DataFrame(W).write_csv("polars-W.csv")
for name in ["W.txt.csv", "pandas-W.csv", "pandas-W.parquet", "polars-W.parquet", "polars-W.csv"]:
    expected[name] = W.astype("<f8").tobytes().hex()
print(json.dumps(expected))`),
    ) as Record<string, string>;
    for (const [name, bytes] of Object.entries(expected)) {
      // oxlint-disable-next-line no-await-in-loop
      const { file, close } = await openWeights(join(folder, name));
      // oxlint-disable-next-line no-await-in-loop
      const { data, shape } = await file.read(file.entries[0].name);
      expect([name, [...shape], bytesOf(data)]).toEqual([name, [7, 3], bytes]);
      // oxlint-disable-next-line no-await-in-loop
      await close();
    }
  });
});
