import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measurementStore } from '../src/measure/measurement-store.ts';
import type { MeasureSettings } from '../src/measure/measure-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-measurement-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('measurementStore', () => {
  it('keeps results of polysem apart from those of a BLAS, whose bytes differ', async () => {
    const path = join(folder, 'w.npy');
    writeFileSync(path, '');
    const open = async (name?: string) => {
      const blas = name === undefined ? null : ({ name } as MeasureSettings['blas']);
      const settings = { precision: 'auto', centre: false, normalise: false, blas };
      const choice = { tensor: 'w', axis: 'rows', label: 'w', notes: [] } as const;
      const out = join(folder, 'report.html');
      const store = await measurementStore(
        path,
        { entries: [] } as never,
        choice,
        settings as never,
        { out },
      );
      if (store === undefined) throw new Error('no store');
      return store;
    };
    const own = await open();
    own.finish('features', { by: 'polysem' });
    const other = await open('OpenBLAS 0.3.31 Zen');
    expect(other.finished('features')).toBeUndefined();
    other.finish('features', { by: 'OpenBLAS' });
    expect((await open()).finished('features')).toEqual({ by: 'polysem' });
    expect((await open('OpenBLAS 0.3.31 Zen')).finished('features')).toEqual({ by: 'OpenBLAS' });
  });
});
