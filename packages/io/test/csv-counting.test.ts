// First lines that count the columns: names, numbers, or in doubt. `0.5` stands for a number with a point.
import { expect, test } from 'vitest';
import { bytesSource, openTensors } from '../src/index.ts';
import { concat } from './helpers.ts';

async function rowsOf(lines: readonly string[]): Promise<number | 'doubt'> {
  try {
    const file = await openTensors(bytesSource('w.csv', concat(`${lines.join('\n')}\n`)));
    return file.entries[0].shape[0];
  } catch (error) {
    expect(String(error)).toContain('w.csv: line 1: ');
    expect(String(error)).toContain(' may be names of columns or numbers; say which: --header 0');
    return 'doubt';
  }
}

/** Each case: the first line, the others, and whether the first is the names of the columns. */
test.each<[string, string[], 'names' | 'numbers' | 'doubt']>([
  // Points in all other numbers: names, unless there are too few numbers.
  ['0,1', ['0.5,0.5'], 'doubt'],
  ['0,1', ['0.5,0.5', '0.5,0.5'], 'doubt'],
  ['0,1', ['0.5,0.5', '0.5,0.5', '0.5,0.5'], 'names'],
  ['1,2', ['0.5,0.5', '0.5,0.5', '0.5,0.5'], 'names'],
  ['0,1,2', ['0.5,0.5,0.5'], 'names'],
  ['0', ['0.5', '0.5', '0.5'], 'doubt'],
  ['1', ['0.5', '0.5', '0.5'], 'doubt'],
  // A single column.
  ['0', ['5'], 'numbers'],
  ['0', ['5', '0.5'], 'numbers'],
  // Counting from 1.
  ['1,2', ['3,4'], 'numbers'],
  ['1,2', ['3,0.5'], 'doubt'],
  ['1,2,3', ['7,8,9', '7,8,9', '7,8,9'], 'numbers'],
  // Counting from 0: doubtful only where the next line goes on, or with two columns.
  ['0,1', ['5,6'], 'doubt'],
  ['0,1', ['2,3'], 'doubt'],
  ['0,1,2', ['3,4,5'], 'doubt'],
  ['0,1,2', ['3,4,6'], 'names'],
  ['0,1,2', ['5,6,7'], 'names'],
])('%j before %j are %s', async (first, others, expected) => {
  const rows = { names: others.length, numbers: others.length + 1, doubt: 'doubt' }[expected];
  expect(await rowsOf([first, ...others])).toBe(rows);
});
