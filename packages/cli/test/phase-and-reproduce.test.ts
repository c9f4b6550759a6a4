import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { variedCapacity } from '@polysem/core/theory';
import { provenanceOf } from '@polysem/figures';
import { describe, expect, it } from 'vitest';
import { polysem, polysemCutBy, polysemJson, scratch } from './polysem.ts';

interface Diagram {
  density: number[];
  importance: number[];
  capacity: number[];
  trained: { capacity: number[]; gap: number[]; restarts: number[] } | null;
}

describe('polysem phase', () => {
  it('predicts a grid in rows, starting with the first density', () => {
    const words = [
      'phase',
      '--features',
      '6',
      '--dims',
      '3',
      '--density',
      '1:0.001:7',
      '--importance',
      '0.01:100:5',
    ];
    const { density, importance, capacity, trained } = polysemJson<Diagram>(words);
    expect([density.length, importance.length, capacity.length, trained]).toEqual([7, 5, 35, null]);
    density.forEach((p, row) =>
      importance.forEach((v, column) => {
        const expected = variedCapacity({ features: 6, dims: 3, kurtosis: 1.8 / p }, v);
        // At V = 1 below k = 3 there are many optima, and the result is one of them.
        if (expected !== null) expect(capacity[row * 5 + column]).toBeCloseTo(expected, 9);
      }),
    );
  });

  it('trains every cell and draws prediction, result and difference', () => {
    const folder = scratch();
    const words = [
      'phase',
      '--features',
      '4',
      '--dims',
      '2',
      '--density',
      '0.4:0.01:5',
      '--importance',
      '0.1:10:4',
      '--trained',
      '--out',
      'p.svg',
    ];
    const { capacity, trained } = polysemJson<Diagram>(words, folder);
    trained?.capacity.forEach((c, cell) => expect(Math.abs(c - capacity[cell])).toBeLessThan(1e-4));
    const svg = readFileSync(join(folder, 'p.svg'), 'utf8');
    expect(provenanceOf(svg)).toMatchObject({
      seed: 0,
      configuration: { features: 4, dims: 2, trained: { loss: 'exact' } },
    });
    expect(readdirSync(folder)).toEqual(['p.svg']);
  });

  it('draws a single row or column', () => {
    const folder = scratch();
    expect(
      polysem(
        ['phase', '--features', '3', '--dims', '1', '--density', '0.1:0.1:1', '--out', 'row.svg'],
        folder,
      ).code,
    ).toBe(0);
    expect(
      polysem(
        ['phase', '--features', '3', '--dims', '3', '--importance', '1:1:1', '--out', 'column.svg'],
        folder,
      ).code,
    ).toBe(0);
  });

  it('resumes after kill -9 with the same bytes', async () => {
    const [cut, whole] = [scratch(), scratch()];
    const words = [
      'phase',
      '--features',
      '14',
      '--dims',
      '6',
      '--density',
      '0.5:0.01:12',
      '--importance',
      '0.1:10:24',
      '--trained',
      '--out',
      'p.svg',
      '--json',
    ];
    // The process is killed when it opens the journal for a third row.
    const atThirdRow = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { openSync } = fs;
      let rows = 0;
      fs.openSync = (path, mode, ...others) => {
        const isWritten = mode !== 'r' && String(path).includes('.polysem-journal');
        if (isWritten && ++rows === 3) process.kill(process.pid, 'SIGKILL');
        return openSync(path, mode, ...others);
      };
      syncBuiltinESMExports();`;
    expect(polysemCutBy(atThirdRow, words, cut).signal).toBe('SIGKILL');
    const journal = (): string | undefined =>
      readdirSync(cut).find((name) => name.startsWith('.polysem-journal'));
    const kept = readFileSync(join(cut, journal() ?? 'none'), 'latin1');
    expect(kept.match(/"part":"row-\d+"/g)).toHaveLength(2);
    expect(existsSync(join(cut, 'p.svg'))).toBe(false);

    const resumed = polysem(words, cut);
    const straight = polysem([...words, '--threads', '1'], whole);
    expect([resumed.code, straight.code]).toEqual([0, 0]);
    expect(resumed.stdout).toBe(straight.stdout);
    expect(readFileSync(join(cut, 'p.svg'), 'utf8')).toBe(
      readFileSync(join(whole, 'p.svg'), 'utf8'),
    );
    expect(journal()).toBe(undefined);
  });
});

describe('polysem reproduce', () => {
  it('writes the report, figures, results and claims', () => {
    const folder = scratch();
    const run = polysem(['reproduce', 'figure2', '--out', 'out'], folder);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('6 of 6 claims hold');
    expect(run.stderr).toContain('report.html');
    const files = readdirSync(join(folder, 'out')).toSorted();
    expect(files).toEqual([
      'claims.json',
      'figure2.svg',
      'lab.html',
      'report.html',
      'results.json',
    ]);
    const claims = JSON.parse(readFileSync(join(folder, 'out/claims.json'), 'utf8')) as Record<
      string,
      unknown
    >[];
    for (const claim of claims) {
      expect(Object.keys(claim)).toEqual([
        'id',
        'section',
        'claim',
        'source',
        'origin',
        'kind',
        'expected',
        'measured',
        'tolerance',
        'pass',
      ]);
      expect(claim.pass).toBe(true);
    }
  });
});
