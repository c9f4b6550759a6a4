import { gram, type Embedding } from '@polysem/core/embedding';
import { dynamics } from '@polysem/core/geometry';
import { describe, expect, it } from 'vitest';
import { train } from '../src/training/train.ts';
import { trainingDefaults } from '../src/training/training-spec.ts';

/** Connected components of the features that are not short, joined where |cos| is above 0.2. */
function components(w: Embedding): number[][] {
  const g = gram(w);
  const n = w.features;
  const left = new Set(Array.from({ length: n }, (_, i) => i).filter((i) => g[i * n + i] > 0.01));
  const blocks: number[][] = [];
  for (const first of left) {
    left.delete(first);
    const block = [first];
    for (const i of block) {
      for (const j of left) {
        if (g[i * n + j] ** 2 <= 0.04 * g[i * n + i] * g[j * n + j]) continue;
        left.delete(j);
        block.push(j);
      }
    }
    blocks.push(block);
  }
  return blocks;
}

describe('dynamics of a toy model in training', () => {
  const trained = (features: number, dims: number, density: number) => {
    const model = {
      task: 'compression',
      activation: 'relu',
      features,
      dims,
      importance: Array.from({ length: features }, () => 1),
    } as const;
    const { runs } = train({
      model,
      inputs: { shape: 'uniform-positive', density, unitVariance: false },
      ...trainingDefaults(model),
      batch: 512,
      learningRate: 5e-3,
      steps: 2000,
      history: 51,
      restarts: 1,
      seed: 0,
    });
    const checkpoints = runs[0].history.map((point) => ({
      ...point,
      blocks: components(point.embedding),
    }));
    return dynamics(checkpoints, { integerTolerance: 0.02 });
  };

  it('forms the pentagon of 5 features in 2 dimensions once, and keeps it', () => {
    const { rows, events } = trained(5, 2, 0.05);
    expect(events.map(({ kind, from, into }) => [kind, from, into])).toEqual([
      ['forms', [], [[0, 1, 2, 3, 4]]],
    ]);
    const [{ step, checkpoint }] = events;
    expect(rows[checkpoint].step).toBe(step);
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(500);
    const last = rows[rows.length - 1];
    expect(last.total).toBeCloseTo(2, 3);
    for (const c of last.capacity) expect(Math.abs(c - 0.4)).toBeLessThan(0.02);
    expect(last.loss).toBeLessThan(rows[0].loss / 5);
  });

  it('divides 6 features in 3 dimensions into three antipodal pairs', () => {
    const { rows, events } = trained(6, 3, 0.2);
    const last = rows[rows.length - 1];
    expect(last.sizes).toEqual([2, 2, 2]);
    for (const capacity of last.blockCapacity) expect(capacity).toBeCloseTo(1, 2);
    // The number of steps may vary; the last events give the pairs.
    const formed = events.flatMap(({ into }) => into.map((block) => block.join()));
    for (const block of last.blocks) expect(formed).toContain(block.join());
  });
});
