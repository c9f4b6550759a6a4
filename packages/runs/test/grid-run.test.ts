import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultGridTraining, planGrid, type GridSpec } from '@polysem/engine/phase';
import { revision } from '@polysem/core';
import { activationNames, activations, type Activation } from '@polysem/engine/activations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identity, openRowRunner, runGrid, runRefinement, type RowRunner } from '../src/index.ts';
import { openStore, removeJournal } from '../src/store/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-grid-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Quadratic model below the critical kurtosis, where the capacity jumps at V = 1 in every row. */
const spec: GridSpec = {
  architecture: { task: 'computation', activation: 'quadratic' },
  shape: 'uniform',
  unitVariance: true,
  features: 3,
  dims: 1,
  importance: 1,
  density: 0.1,
  importancePower: 1,
  x: { parameter: 'importance', values: [0.25, 0.75, 2.25] },
  y: { parameter: 'density', values: [0.9, 0.8] },
  training: { ...defaultGridTraining, restarts: 2 },
  seed: 1,
};
const plan = planGrid(spec);

/** A runner that counts rows and fails after `most` of them. */
function dying(runner: RowRunner, most: number): RowRunner & { done: number } {
  const counted: RowRunner & { done: number } = {
    ...runner,
    done: 0,
    run: (work) =>
      runner.run({
        ...work,
        onRow: (task, row) => {
          if (counted.done === most) throw new Error('killed');
          counted.done++;
          work.onRow?.(task, row);
        },
      }),
  };
  return counted;
}

describe('runGrid', () => {
  it('ignores the journal of another version', async () => {
    const runner = await openRowRunner({ threads: 1 });
    const kept = { journal: join(folder, 'other-method') };
    const diagram = await runGrid(plan, runner, kept);
    const again = dying(runner, Infinity);
    expect(await runGrid(plan, again, kept)).toEqual(diagram);
    expect(again.done).toBe(0);
    // A file that another version wrote has another identity.
    const other = identity({ version: '0.0.1', revision, spec, kernel: runner.kernel });
    openStore(kept.journal, other).finish('pass-0-row-0', { row: 0, cells: [] });
    const anew = dying(runner, Infinity);
    expect(await runGrid(plan, anew, kept)).toEqual(diagram);
    expect(anew.done).toBeGreaterThan(0);
    await runner.close();
  });
});

describe('runRefinement', () => {
  it('resumes after an interruption with the first pass and finished rounds', async () => {
    const runner = await openRowRunner({ threads: 1 });
    const kept = { journal: join(folder, 'journal') };
    const progress: number[] = [];
    const onProgress = (done: number): void => void progress.push(done);
    const diagram = await runGrid(plan, runner, { ...kept, onProgress });
    // More than one pass, each of which continues where the last one ended.
    expect(progress.filter((done, i) => done === progress[i - 1]).length).toBeGreaterThan(0);
    expect(progress).toEqual(progress.toSorted((x, y) => x - y));
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBeLessThanOrEqual(1);
    const whole = await runRefinement(diagram, runner, 4);
    expect(whole).toHaveLength(2);
    for (const { from, to } of whole) expect([from < 1, to > 1]).toEqual([true, true]);

    // Four rounds of two rows.
    const first = dying(runner, 5);
    await expect(runRefinement(diagram, first, 4, kept)).rejects.toThrow('killed');
    expect(existsSync(kept.journal)).toBe(true);
    const second = dying(runner, Infinity);
    const again = await runGrid(plan, second, kept);
    expect(second.done).toBe(0);
    expect(await runRefinement(again, second, 4, kept)).toEqual(whole);
    expect(second.done).toBe(3);
    removeJournal(kept.journal);
    expect(existsSync(kept.journal)).toBe(false);
  });
});

describe('an activation that has float64 code only', () => {
  const sine = 'sine' as Activation;
  const names = activationNames as Activation[];
  const registry = activations as Record<string, unknown>;
  const architecture = { task: 'compression', activation: sine } as const;

  beforeAll(() => {
    names.push(sine);
    registry.sine = { name: 'sine', value: Math.sin, slope: Math.cos, hasKink: false };
  });
  afterAll(() => {
    delete registry.sine;
    names.pop();
  });

  it('is trained by the typescript kernel, whatever the number of threads', async () => {
    for (const threads of [1, 2]) {
      // oxlint-disable-next-line no-await-in-loop
      const runner = await openRowRunner({ threads, models: [architecture] });
      expect(runner.kernel).toBe('typescript');
      // oxlint-disable-next-line no-await-in-loop
      await runner.close();
    }
    const runner = await openRowRunner({ threads: 1, models: [architecture] });
    const training = { ...defaultGridTraining, rows: 64, restarts: 1, moreRestarts: 0 };
    const { loss } = await runGrid(planGrid({ ...spec, architecture, training }), runner);
    expect(loss.every(Number.isFinite)).toBe(true);
  });

  it('is refused by a WebAssembly kernel', async () => {
    const options = { kernel: 'wasm-simd', models: [architecture] } as const;
    await expect(openRowRunner(options)).rejects.toThrow('kernel: sine has float64 code only');
  });
});
