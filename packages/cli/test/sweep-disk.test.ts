import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { polysem, scratch } from './polysem.ts';

/** 60 cells of 40 kB each. */
const SPEC = `name: example
compute: allocate
parameters: { features: 5000, importance: 1, dims: 100 }
axes:
  - { parameter: kurtosis, linear: { from: 4, to: 9, count: 60 } }
measurements: [loss, capacity]
`;

const disk = join(scratch(), 'disk');
mkdirSync(disk);
const mount = (options: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
const isMounted = mount('size=1m');
afterAll(() => isMounted && spawnSync('umount', [disk]));

// Mounting a small disk needs root.
describe.skipIf(!isMounted)('a sweep on a full disk', () => {
  it('stops with one line, keeps what was finished, and goes on when there is room', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'spec.yaml'), SPEC);
    const results = join(disk, 'example.sweep');
    const words = ['sweep', 'run', 'spec.yaml', '--out', results, '--workers', '2'];
    const full = polysem(words, folder);
    expect([full.code, full.stdout]).toEqual([1, '']);
    expect(full.stderr).toMatch(
      /^polysem: .*example\.sweep: no space left on the disk; .* is kept; .* the same command again\n$/,
    );
    expect(readdirSync(results)).toEqual(['manifest.json', 'rows', 'unfinished']);
    const kept = readdirSync(join(results, 'rows'));
    expect(kept.length).toBeGreaterThan(0);

    expect(mount('remount,size=64m')).toBe(true);
    const again = polysem([...words, '--json'], folder);
    const { done, computed } = JSON.parse(again.stdout) as { done: number; computed: number };
    expect([done, computed > 0, computed < 60]).toEqual([60, true, true]);
    const whole = polysem(['sweep', 'run', 'spec.yaml'], folder);
    expect(whole.code).toBe(0);
    const table = (path: string): string => readFileSync(join(path, 'table.parquet'), 'base64');
    expect(table(results)).toBe(table(join(folder, 'example.sweep')));
  });
});
