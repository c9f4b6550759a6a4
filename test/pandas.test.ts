import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCsv } from '@polysem/io/tables';
import { afterAll, describe, expect, it } from 'vitest';
import { missingModules, PYTHON } from './python.ts';

const root = join(import.meta.dirname, '..');
const skipped = missingModules(['pandas']);

const folder = mkdtempSync(join(tmpdir(), 'polysem-pandas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The programs of a page, each followed by a line that prints the table. */
function programs(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return Array.from(text.matchAll(/^```python\n([\s\S]*?)^```/gm), ([, program]) => program);
}

const LABELS = (
  "=1+1|'=1|''=1|+|-x|@|\tx|\rx|NA|'NA|null|#N/A|NA |'s|'|''|| the|a \"b\", c|two\nlines|a;b|#tag|1|nan|" +
  '1.#IND'
).split('|');
const CAPACITY = Float64Array.from(LABELS, (_, i) => (i === 3 ? NaN : i / 8));

it('documents programs that read tables', () => {
  expect(programs('docs/files.md')).toHaveLength(2);
});

describe.skipIf(skipped !== '')(`pandas reads what polysem writes, as documented${skipped}`, () => {
  const read = (program: string): { columns: string[]; label: string[]; capacity: number[] } => {
    const columns = [
      { name: 'label', values: LABELS },
      { name: 'capacity', values: CAPACITY },
    ];
    writeFileSync(join(folder, 'x.csv'), encodeCsv(columns));
    const print = `print(json.dumps({"columns": list(df.columns), "label": list(df["label"]), "capacity": list(df["capacity"])}))`;
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', `import json\n${program}\n${print}\n`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const found = stdout.replaceAll('NaN', 'null');
    return JSON.parse(found) as ReturnType<typeof read>;
  };
  const numbers = Array.from(CAPACITY, (value) => (Number.isNaN(value) ? null : value));

  it('without options: every row and name', () => {
    const { columns, label, capacity } = read(programs('docs/files.md')[0]);
    expect(columns).toEqual(['label', 'capacity']);
    expect(capacity).toEqual(numbers);
    expect(label).toHaveLength(LABELS.length);
  });

  it('without its marks for missing texts: every label', () => {
    const { label, capacity } = read(programs('docs/files.md')[1]);
    expect(label).toEqual(LABELS);
    expect(capacity).toEqual(numbers);
  });
});
