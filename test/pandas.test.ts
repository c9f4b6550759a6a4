import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvDoubts, encodeCsv } from '@polysem/io/tables';
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
  '1.#IND|-1.#QNAN|-nan|-NaN|#NA|#N/A N/A|1.#QNAN|<NA>|N/A|NULL|NaN|None|n/a'
).split('|');
const CAPACITY = Float64Array.from(LABELS, (_, i) => (i === 3 ? NaN : i / 8));

it('documents programs that read tables', () => {
  expect(programs('docs/files.md')).toHaveLength(2);
});

describe.skipIf(skipped !== '')(`pandas reads what polysem writes, as documented${skipped}`, () => {
  it('every label, without its marks for missing texts', () => {
    const columns = [
      { name: 'label', values: LABELS },
      { name: 'capacity', values: CAPACITY },
    ];
    writeFileSync(join(folder, 'x.csv'), encodeCsv(columns));
    const print = `print(json.dumps({"columns": list(df.columns), "label": list(df["label"]), "capacity": list(df["capacity"])}))`;
    const program = programs('docs/files.md').map((each) => `${each}\n${print}\n`);
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', `import json\n${program.join('')}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [plain, whole] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line.replaceAll(/(?<=[[ ])NaN(?=[\],])/g, 'null')) as unknown);
    const isMissing = (text: string): boolean =>
      csvDoubts([{ name: 'label', values: [text] }]).some((doubt) => doubt.includes('pandas'));
    const capacity = Array.from(CAPACITY, (value) => (Number.isNaN(value) ? null : value));
    const found = LABELS.map((text) => (isMissing(text) ? null : text));
    expect(plain).toEqual({ columns: ['label', 'capacity'], label: found, capacity });
    expect(whole).toEqual({ columns: ['label', 'capacity'], label: LABELS, capacity });
  });
});
