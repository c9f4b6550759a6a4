import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSweep, planSweep, type CellExecutor, type ResultValue } from '@polysem/runs/sweep';
import { openResults, sweepTableFiles } from '@polysem/runs/sweep/results';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingModules, PYTHON } from './python.ts';

const root = join(import.meta.dirname, '..');

/** The ways to open a table that docs/sweeps.md shows, by library, each as an expression for a list of rows. */
const READERS = {
  pandas: {
    parquet: 'pandas.read_parquet("table.parquet")',
    csv: 'pandas.read_csv("table.csv")',
    rows: 'table.to_dict("records")',
    needs: ['pandas', 'pyarrow'],
  },
  polars: {
    parquet: 'polars.read_parquet("table.parquet")',
    csv: 'polars.read_csv("table.csv")',
    rows: 'table.to_dicts()',
    needs: ['polars'],
  },
  duckdb: {
    parquet: `duckdb.sql("SELECT * FROM 'table.parquet'")`,
    csv: `duckdb.sql("SELECT * FROM 'table.csv'")`,
    rows: '[dict(zip(table.columns, row)) for row in table.fetchall()]',
    needs: ['duckdb'],
  },
} as const;

const folder = mkdtempSync(join(tmpdir(), 'polysem-sweep-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXTS = ['=1+1', '#tag', 'a "b", c', 'two\nlines', "it's", 'NA'];
const NUMBERS = [0.1, -0, NaN, Infinity, -Infinity, 2 ** 53 + 2];
const LISTS: ResultValue[] = [[0.5, NaN], [], null, [Infinity], [1, 2, 3], [0.1]];

/** A sweep whose cells have every kind of value, and one of which fails. */
beforeAll(async () => {
  const plan = planSweep({
    compute: 'train',
    parameters: { features: 3, dims: 2, importance: 1, density: 0.1 },
    axes: [{ parameter: 'steps', values: [1, 2, 3, 4, 5, 6, 7] }],
    measurements: ['loss', 'stopped', 'capacity', 'bestRestart'],
  });
  const executor: CellExecutor = {
    workers: 1,
    close: async () => {},
    run: async (cells, { keep }) => {
      await keep(
        Array.from(cells, ({ index, id }) =>
          index === TEXTS.length
            ? { index, id, failure: { message: 'failed, "badly"\n#', kind: 'permanent' } }
            : {
                index,
                id,
                result: {
                  values: {
                    loss: NUMBERS[index],
                    stopped: TEXTS[index],
                    capacity: LISTS[index],
                    bestRestart: index === 1 ? null : index,
                  },
                },
              },
        ),
      );
    },
  };
  const out = join(folder, 'out');
  await runSweep(plan, {
    folder: out,
    openExecutor: () => executor,
    signal: new AbortController().signal,
    onNote: () => {},
    onProgress: () => {},
  });
  writeFileSync(join(folder, 'table.parquet'), readFileSync(join(out, 'table.parquet')));
  const [{ content }] = sweepTableFiles(openResults(out), 'table.csv');
  writeFileSync(join(folder, 'table.csv'), Buffer.concat([...(content as Iterable<Uint8Array>)]));
});

type Cells = Readonly<Record<string, unknown>>;

/** Opens both tables with a library; numbers that JSON lacks are texts. */
function open(library: keyof typeof READERS): { parquet: Cells[]; csv: Cells[] } {
  const { parquet, csv, rows } = READERS[library];
  const program = `
import json, math, ${library}
def plain(v):
    if v is None or type(v).__name__ in ("NAType", "NaTType"): return None
    if isinstance(v, (list, tuple)) or hasattr(v, "tolist") and getattr(v, "ndim", 0) == 1: return [plain(x) for x in v]
    if isinstance(v, str): return v
    v = float(v)
    return v if math.isfinite(v) else str(v)
def rows(table): return [{k: plain(v) for k, v in row.items()} for row in ${rows}]
table = ${parquet}
parquet = rows(table)
table = ${csv}
print(json.dumps({"parquet": parquet, "csv": rows(table)}))`;
  const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as ReturnType<typeof open>;
}

/** A number as {@link open} gives it. */
const plain = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value).toLowerCase().replace('infinity', 'inf');

it('documents how libraries open a table', () => {
  const page = readFileSync(join(root, 'docs/sweeps.md'), 'utf8');
  const lines = [
    'pandas.read_parquet(',
    'polars.read_parquet(',
    "FROM 'example.sweep/table.parquet'",
  ];
  expect(lines.filter((line) => !page.includes(line))).toEqual([]);
});

describe.each(Object.keys(READERS) as (keyof typeof READERS)[])('%s', (library) => {
  const skipped = missingModules(READERS[library].needs);

  it.skipIf(skipped !== '')(`reads every value of the table without options${skipped}`, () => {
    const { parquet, csv } = open(library);
    const fail = 'failed, "badly"\n#';
    // pandas shows a missing value as NaN; the others tell them apart.
    const none = library === 'pandas' ? 'nan' : null;
    expect(parquet.map(({ cell, steps, seed }) => [cell, steps, seed])).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((cell) => [cell, cell + 1, 0]),
    );
    expect(parquet.map(({ loss }) => loss)).toEqual([...NUMBERS.map(plain), none]);
    expect(parquet.map(({ stopped }) => stopped)).toEqual([...TEXTS, none]);
    expect(parquet.map(({ bestRestart }) => bestRestart)).toEqual([0, none, 2, 3, 4, 5, none]);
    expect(parquet.map(({ capacity }) => capacity)).toEqual(
      [...LISTS, null].map((list) => list && (list as readonly number[]).map(plain)),
    );
    expect(parquet.map(({ error }) => error)).toEqual([...TEXTS.map(() => none), fail]);
    expect(csv.map(({ cell, steps }) => [cell, steps])).toEqual(
      parquet.map(({ cell, steps }) => [cell, steps]),
    );
    // A missing number and NaN are both an empty cell.
    const numbers = csv.map(({ loss }) => (loss === 'nan' ? null : loss));
    expect(numbers).toEqual([...NUMBERS, NaN].map((x) => (Number.isNaN(x) ? null : plain(x))));
    // pandas takes NA for missing.
    const texts = csv.slice(0, 6).map(({ stopped }) => (stopped === 'nan' ? 'NA' : stopped));
    expect(texts).toEqual(TEXTS);
    expect(csv[6].error).toBe(fail);
    expect(csv[0].capacity).toBe('[0.5,"NaN"]');
  });
});
