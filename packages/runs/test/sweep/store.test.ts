import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { adoptEarlier } from '../../src/sweep/store/adopt.ts';
import { removeDead, runningProcesses, takeLease } from '../../src/sweep/store/lease.ts';
import { DONE, FAILED, OPEN, type Row } from '../../src/sweep/store/rows.ts';
import { sweepStatus } from '../../src/sweep/status/sweep-status.ts';
import { openSweepFolder } from '../../src/sweep/store/sweep-folder.ts';
import { openSweepStore, type SweepStore } from '../../src/sweep/store/sweep-store.ts';
import { csvTable, isTableIntact, writeTable } from '../../src/sweep/store/table.ts';
import { examplePlan } from './example-plan.ts';

let folder: string;
let names = 0;
const temporary = (): string => join(folder, `unfinished-${names++}`);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'polysem-store-'));
});

function row(index: number, loss: number = index / 8): Row {
  return {
    index,
    values: { loss, price: null, capacity: [loss, NaN] },
    weights: null,
    failure: null,
  };
}

function failure(index: number, message = 'diverged'): Row {
  return { index, values: {}, weights: null, failure: { message, kind: 'permanent' } };
}

/** The rows of a store, without the digests that they have in its files. */
function rowsIn(store: SweepStore, end: number): Row[] {
  return store.rows(0, end).map(({ index, values, weights, failure: failed }) => ({
    index,
    values,
    weights,
    failure: failed,
  }));
}

const files = (): string[] => readdirSync(join(folder, 'rows'));

describe('the store of a sweep', () => {
  const plan = examplePlan(40);

  it('finds what was kept, to the last bit', () => {
    const rows = [row(3, NaN), row(0, -0), failure(7), row(39, Infinity)];
    openSweepStore(folder, plan).keep(rows, temporary);
    const again = openSweepStore(folder, plan);
    expect(rowsIn(again, 40)).toEqual(rows.toSorted((a, b) => a.index - b.index));
    expect([3, 0, 7, 39, 1].map((index) => again.states[index])).toEqual([
      DONE,
      DONE,
      FAILED,
      DONE,
      OPEN,
    ]);
  });

  it('keeps a row once, and a result instead of a failure', () => {
    const store = openSweepStore(folder, plan);
    store.keep([failure(1), row(2)], temporary);
    store.keep([row(1), row(2)], temporary);
    store.keep([failure(2)], temporary);
    expect(rowsIn(openSweepStore(folder, plan), 40)).toEqual([row(1), row(2)]);
    expect(store.conflicts).toEqual([]);
  });

  it('keeps two different results of one cell, and reports them', () => {
    const store = openSweepStore(folder, plan);
    store.keep([row(5, 1)], temporary);
    store.keep([row(5, 2)], temporary);
    for (const each of [store, openSweepStore(folder, plan)]) {
      expect(each.conflicts.map(({ index }) => index)).toEqual([5]);
      expect(each.conflicts[0].files.toSorted()).toEqual(files());
    }
    expect(store.tidy(temporary)).toBe(false);
    expect(files()).toHaveLength(2);
  });

  it('joins files of similar size', () => {
    const many = examplePlan(100);
    const store = openSweepStore(folder, many);
    for (let index = 0; index < 100; index++) store.keep([row(index)], temporary);
    expect(files().length).toBeLessThan(10);
    const again = openSweepStore(folder, many);
    expect(again.states.every((state) => state === DONE)).toBe(true);
    expect(again.tidy(temporary)).toBe(true);
    expect(files()).toHaveLength(1);
    expect(openSweepStore(folder, many).tidy(temporary)).toBe(false);
  });

  it('moves a damaged file away, whatever byte is changed, and keeps the others', () => {
    const store = openSweepStore(folder, plan);
    store.keep([row(0)], temporary);
    store.keep([row(1)], temporary);
    const [first] = files();
    const bytes = readFileSync(join(folder, 'rows', first));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const wrong = Buffer.from(bytes);
        wrong[at] ^= change;
        writeFileSync(join(folder, 'rows', first), wrong);
        const looked = openSweepStore(folder, plan);
        let isFound = looked.damaged.length > 0;
        try {
          looked.rows(0, 40);
        } catch {
          isFound = true;
        }
        expect(isFound).toBe(true);
      }),
      { numRuns: 300 },
    );
    writeFileSync(join(folder, 'rows', first), bytes.subarray(0, bytes.length - 1));
    const notes: string[] = [];
    const opened = openSweepStore(folder, plan, (line) => notes.push(line));
    expect([opened.states[0], opened.states[1]]).toEqual([OPEN, DONE]);
    expect(notes).toHaveLength(1);
    expect(readdirSync(join(folder, 'damaged'))).toHaveLength(1);
  });

  it('moves a file with damaged values away when they are read, and its cells are open again', () => {
    openSweepStore(folder, plan).keep([row(0), failure(1)], temporary);
    const path = join(folder, 'rows', files()[0]);
    const bytes = readFileSync(path);
    bytes[bytes.length - 9] ^= 1;
    writeFileSync(path, bytes);
    const notes: string[] = [];
    const store = openSweepStore(folder, plan, (line) => notes.push(line));
    expect([store.states[0], notes]).toEqual([DONE, []]);
    expect(() => store.rows(0, 40)).toThrow(/is damaged; give polysem sweep run again/);
    expect(notes).toHaveLength(1);
    expect(openSweepStore(folder, plan).states[0]).toBe(OPEN);
  });

  it('replaces weights that were changed, and keeps both of two results', () => {
    const store = openSweepStore(folder, plan);
    const cell = { index: 2, id: 'f'.repeat(64) };
    store.keepWeights(cell, Uint8Array.of(1, 2), temporary);
    store.keepWeights(cell, Uint8Array.of(3), temporary);
    const path = join(folder, 'weights', `${cell.id}.safetensors`);
    expect([...readFileSync(path)]).toEqual([3]);
    store.keep([row(2)], temporary);
    store.keepWeights(cell, Uint8Array.of(4), temporary);
    expect([...readFileSync(path)]).toEqual([3]);
    expect(readdirSync(join(folder, 'weights'))).toHaveLength(2);
  });
});

describe('the table of a sweep', () => {
  const plan = examplePlan(3);

  it('is written as CSV with empty cells for what is not there', () => {
    const store = openSweepStore(folder, plan);
    store.keep([row(0, 0.5), failure(1, '=x'), row(2, -Infinity)], temporary);
    expect(Buffer.concat([...csvTable(store, plan)]).toString()).toBe(
      [
        'cell,kurtosis,loss,price,capacity,error',
        '0,4,0.5,,"[0.5,""NaN""]",""',
        `1,4.125,,,"",=x`,
        '2,4.25,-inf,,"[""-Infinity"",""NaN""]",""',
        '',
      ].join('\n'),
    );
  });

  it('is known to be intact by its digest', () => {
    const store = openSweepStore(folder, plan);
    store.keep([row(0), row(1), row(2)], temporary);
    writeTable(store, plan, temporary);
    expect(isTableIntact(folder)).toBe(true);
    const path = join(folder, 'table.parquet');
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(path, bytes);
    expect(isTableIntact(folder)).toBe(false);
  });
});

describe('the folder of a sweep', () => {
  it('refuses another spec, saying what changed, unless it may take over', () => {
    const [before, after] = [examplePlan(20), examplePlan(30, { from: 10 })];
    openSweepFolder(folder, before, false);
    openSweepStore(folder, before).keep([row(5), row(15)], temporary);
    expect(() => openSweepFolder(folder, after, false)).toThrow(/size was 20, now 30/);
    openSweepFolder(folder, after, true);
    const store = openSweepStore(folder, after);
    expect(adoptEarlier(store, after, () => before, temporary)).toBe(1);
    // Cell 15 of the earlier spec is cell 5 of the present one.
    expect(rowsIn(store, 30)).toEqual([{ ...row(15), index: 5 }]);
    openSweepFolder(folder, before, true);
    const back = openSweepStore(folder, before);
    adoptEarlier(back, before, ({ cells }) => (cells === 20 ? before : after), temporary);
    expect(rowsIn(back, 20)).toEqual([row(5), row(15)]);
  });

  it('refuses a folder with other files, and one that cannot be made', () => {
    writeFileSync(join(folder, 'thesis.tex'), '');
    expect(() => openSweepFolder(folder, examplePlan(2), false)).toThrow(/contains thesis.tex/);
    expect(() => openSweepFolder(join(folder, 'a', 'b'), examplePlan(2), false)).toThrow(
      /no folder/,
    );
    expect(() => openSweepFolder('/proc/sweep', examplePlan(2), false)).toThrow(/--out/);
  });

  it('says where a manifest is damaged', () => {
    writeFileSync(join(folder, 'manifest.json'), '{');
    expect(() => openSweepFolder(folder, examplePlan(2), false)).toThrow(
      /manifest.json: is damaged/,
    );
    rmSync(join(folder, 'manifest.json'));
    expect(() => sweepStatus(folder)).toThrow(/no manifest.json/);
  });
});

describe('the lease of a part of a sweep', () => {
  it('is held by one process, and taken from a dead one with its temporary files', async () => {
    const lease = await takeLease(folder, 'all', () => {});
    await expect(takeLease(folder, 'all', () => {})).rejects.toThrow(
      new RegExp(`process ${process.pid} on .* already computes this sweep`),
    );
    lease.beat({ done: 3, left: 4, failed: 1, rate: 2 });
    expect(runningProcesses(folder)).toMatchObject([{ role: 'all', done: 3, left: 4, beat: 1 }]);
    lease.release();
    removeDead(folder);
    expect(readdirSync(folder)).toEqual([]);

    mkdirSync(join(folder, 'running'));
    // A process that started at another time had this number.
    const dead = {
      role: 'all',
      host: (await import('node:os')).hostname(),
      pid: process.pid,
      started: '1',
    };
    writeFileSync(join(folder, 'running', 'all.json'), JSON.stringify(dead));
    writeFileSync(join(folder, 'running', 'all.1-0.tmp'), 'half');
    writeFileSync(join(folder, 'running', 'shard-0-8.1-0.tmp'), 'of another');
    expect(runningProcesses(folder)).toEqual([]);
    const again = await takeLease(folder, 'all', () => {});
    expect(readdirSync(join(folder, 'running'))).toEqual(['all.json', 'shard-0-8.1-0.tmp']);
    again.release();
  });
});
