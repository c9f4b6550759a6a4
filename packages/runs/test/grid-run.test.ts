import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultGridTraining, planGrid, type GridSpec } from '@polysem/engine/phase';
import { revision } from '@polysem/core';
import { afterAll, describe, expect, it } from 'vitest';
import { identity, openRowTrainer, runGrid, runRefinement, type RowTrainer } from '../src/index.ts';
import { openStore } from '../src/store/index.ts';

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

/** A trainer that counts rows and fails after `most` of them. */
function dying(trainer: RowTrainer, most: number): RowTrainer & { done: number } {
  const counted = {
    ...trainer,
    done: 0,
    trainRows: (
      tasks: Parameters<RowTrainer['trainRows']>[0],
      onRow: Parameters<RowTrainer['trainRows']>[1],
    ) =>
      trainer.trainRows(tasks, (task, row) => {
        if (counted.done === most) throw new Error('killed');
        counted.done++;
        onRow(task, row);
      }),
  };
  return counted;
}

describe('runGrid', () => {
  it('ignores the journal of another version', async () => {
    const trainer = await openRowTrainer({ threads: 1 });
    const kept = { journal: join(folder, 'other-method'), keepJournal: true };
    const diagram = await runGrid(plan, trainer, kept);
    const again = dying(trainer, Infinity);
    expect(await runGrid(plan, again, kept)).toEqual(diagram);
    expect(again.done).toBe(0);
    // A file that another version wrote has another identity.
    const other = identity({ version: '0.0.1', revision, spec, kernel: trainer.kernel });
    openStore(kept.journal, other).finish('pass-0-row-0', { row: 0, cells: [] });
    const anew = dying(trainer, Infinity);
    expect(await runGrid(plan, anew, kept)).toEqual(diagram);
    expect(anew.done).toBeGreaterThan(0);
    await trainer.close();
  });
});

describe('runRefinement', () => {
  it('resumes after an interruption with the first pass and finished rounds', async () => {
    const trainer = await openRowTrainer({ threads: 1 });
    const kept = { journal: join(folder, 'journal'), keepJournal: true };
    const diagram = await runGrid(plan, trainer, kept);
    const whole = await runRefinement(diagram, trainer, 4);
    expect(whole).toHaveLength(2);
    for (const { from, to } of whole) expect([from < 1, to > 1]).toEqual([true, true]);

    // Four rounds of two rows.
    const first = dying(trainer, 5);
    await expect(runRefinement(diagram, first, 4, kept)).rejects.toThrow('killed');
    expect(existsSync(kept.journal)).toBe(true);
    const second = dying(trainer, Infinity);
    const again = await runGrid(plan, second, kept);
    expect(second.done).toBe(0);
    expect(await runRefinement(again, second, 4, kept)).toEqual(whole);
    expect(second.done).toBe(3);
    expect(existsSync(kept.journal)).toBe(false);
  });
});
