import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy } from '@polysem/io';
import { expect, it } from 'vitest';
import { planOfFolder } from '../../src/sweep/plan-of-folder.ts';
import { openSweep } from '../../src/sweep/spec/plan-sweep.ts';
import { openSweepFolder } from '../../src/sweep/store/sweep-folder.ts';

it('finds the input files of a sweep again from the folder of its results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-inputs-'));
  mkdirSync(join(folder, 'weights'));
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  writeFileSync(join(folder, 'weights/w.npy'), encodeNpy({ shape: [3, 2], data }));
  const spec = 'compute: measure\nparameters: { file: w.npy, axis: rows }\n';
  writeFileSync(join(folder, 'weights/spec.yaml'), spec);
  const plan = openSweep(join(folder, 'weights/spec.yaml'));
  const results = join(folder, 'results');
  openSweepFolder(results, plan, false);
  const again = planOfFolder(results);
  expect([again.identity, again.folder]).toEqual([plan.identity, plan.folder]);
});
