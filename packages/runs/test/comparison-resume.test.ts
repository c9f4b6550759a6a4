/* oxlint-disable no-await-in-loop -- one comparison at a time */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareFeatures, type CompareOptions } from '@polysem/core/compare';
import type { FeatureSource } from '@polysem/core/embedding';
import { gaussianSource, streamNeighbours } from '@polysem/core/streaming';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { comparisonKeeper } from '../src/compare/comparison-keeper.ts';
import { comparisonStore } from '../src/compare/comparison-store.ts';
import { neighboursKept } from '../src/measure/measure-with-threads.ts';
import { openStore } from '../src/store/run-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-comparison-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const journal = join(folder, 'kept');
afterEach(() => openStore(journal, 'x').remove());

// More numbers than are measured as a whole.
const a = gaussianSource({ dims: 256, features: 4200, seed: 1 });
const b = gaussianSource({ dims: 256, features: 4150, seed: 2 });

/** Compares until a share of a stage of a part is done, then aborts. */
async function cutOff(options: CompareOptions, at: string, share: number): Promise<void> {
  const signal = { aborted: false, reason: new Error('enough') };
  const keeper = comparisonKeeper(openStore(journal, 'x'), 0);
  const onProgress: CompareOptions['onProgress'] = ({ part, stage, done, total }) => {
    signal.aborted ||= `${part} ${stage}` === at && done >= share * total;
  };
  await expect(compareFeatures(a, b, { ...options, keeper, signal, onProgress })).rejects.toThrow(
    'enough',
  );
}

/** Compares to the end; returns the first progress of each stage too. */
async function whole(options: CompareOptions, left: FeatureSource = a) {
  const stages = new Map<string, number>();
  const onProgress: CompareOptions['onProgress'] = ({ part, stage, done }) => {
    if (!stages.has(`${part} ${stage}`)) stages.set(`${part} ${stage}`, done);
  };
  const keeper = comparisonKeeper(openStore(journal, 'x'), 0);
  const found = await compareFeatures(left, b, { ...options, keeper, onProgress });
  return { found, stages };
}

describe('an interrupted comparison', () => {
  it('goes on in the measurement of A, of B and among the pairs, with the same bytes', async () => {
    const options = { assignUpTo: 0 };
    const expected = await compareFeatures(a, b, options);
    const all = [
      'a frame',
      'a spectrum',
      'a features',
      'b frame',
      'b spectrum',
      'b features',
      'pairs neighbours',
    ];
    for (const [at, share, left] of [
      ['a features', 0, all.filter((stage) => !/^a (?:frame|spectrum)/.test(stage))],
      ['b features', 0, all.filter((stage) => !/^a|^b (?:frame|spectrum)/.test(stage))],
      ['pairs neighbours', 0.5, ['pairs neighbours']],
    ] as const) {
      await cutOff(options, at, share);
      const { found, stages } = await whole(options);
      expect(found).toEqual(expected);
      expect([...stages.keys()].filter((stage) => all.includes(stage))).toEqual(left);
      // The first state at least is kept: further ones become due by time.
      if (at === 'pairs neighbours') expect(stages.get(at)).toBeGreaterThan(1);
      openStore(journal, 'x').remove();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('reads sums over pairs that are given, and finished parts, back', async () => {
    const [few, others] = [3, 4].map((seed) =>
      gaussianSource({ dims: 64, features: 17_000, seed }),
    );
    const options = { by: 'order', align: true } as const;
    const expected = await compareFeatures(few, others, options);
    const keeper = comparisonKeeper(openStore(journal, 'x'), 0);
    expect(await compareFeatures(few, others, { ...options, keeper })).toEqual(expected);
    const stages = new Set<string>();
    const again = comparisonKeeper(openStore(journal, 'x'), 0);
    const onProgress: CompareOptions['onProgress'] = ({ part, stage }) =>
      void stages.add(`${part} ${stage}`);
    const found = await compareFeatures(few, others, { ...options, keeper: again, onProgress });
    expect(found).toEqual(expected);
    // Random directions are drawn again.
    expect([...stages]).toEqual(['pairs chance']);
  });
});

it('a search for neighbours goes on among the pairs of chunks, with the same bytes', async () => {
  const reason = new Error('enough');
  const kept = () => ({ store: openStore(journal, 'x'), part: 'neighbours' });
  const controller = new AbortController();
  await expect(
    neighboursKept(
      a,
      {
        threads: 1,
        signal: controller.signal,
        // Eight chunks have 36 pairs.
        onProgress: ({ done }) => done === 18 && controller.abort(reason),
      },
      kept(),
      0,
    ),
  ).rejects.toBe(reason);
  const done: number[] = [];
  const found = await neighboursKept(
    a,
    { threads: 1, onProgress: (step) => void done.push(step.done) },
    kept(),
    0,
  );
  expect(found).toEqual(await streamNeighbours(a));
  // The first state at least is kept: further ones become due by time.
  expect(done[0]).toBeGreaterThan(1);
  expect(done).toEqual(Array.from({ length: 37 - done[0] }, (_, k) => done[0] + k));
});

describe('comparisonStore', () => {
  const path = join(folder, 'w.npy');
  const choice = { tensor: 'w', axis: 'rows', label: 'w', notes: [] } as const;
  const side = { path, file: { entries: [] } as never, choice, labels: ['one', 'two'] };
  const settings = { centre: false, normalise: false, by: 'match', seed: 0 } as const;
  const open = (
    right: Partial<typeof side> = {},
    others: object = {},
  ): ReturnType<typeof comparisonStore> =>
    comparisonStore([side, { ...side, ...right }], { ...settings, ...others }, { out: path });

  it('keeps comparisons of other files, matrices, names and settings apart', async () => {
    writeFileSync(path, '');
    writeFileSync(join(folder, 'v.npy'), '');
    (await open())?.finish('a', { of: 'the first' });
    for (const [right, others] of [
      [{ path: join(folder, 'v.npy') }, {}],
      [{ choice: { ...choice, axis: 'columns' } as never }, {}],
      [{}, { centre: true }],
      [{}, { seed: 1 }],
      [{}, { by: 'order' }],
      [{}, { blas: { name: 'OpenBLAS' } }],
    ] as const)
      expect((await open(right, others))?.finished('a')).toBeUndefined();
    // Names decide only pairs by name.
    expect((await open({ labels: [] }))?.finished('a')).toEqual({ of: 'the first' });
    (await open({}, { by: 'names' }))?.finish('a', { of: 'named' });
    expect((await open({ labels: [] }, { by: 'names' }))?.finished('a')).toBeUndefined();
    writeFileSync(path, 'changed');
    expect((await open())?.finished('a')).toBeUndefined();
  });

  it('is left out for addresses and standard input', async () => {
    expect(await open({ path: 'https://host/w.npy' })).toBeUndefined();
    expect(await open({ path: 'standard input' })).toBeUndefined();
  });
});
