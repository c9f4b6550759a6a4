import { revision, version } from '@polysem/core/version';
import { identity } from '../../src/identity.ts';
import { cellId, type CellSpec } from '../../src/sweep/cell.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';

/** A plan of allocations, one per kurtosis: cells of a fraction of a millisecond. */
export function examplePlan(size: number, { dims = 2, from = 0 } = {}): SweepPlan {
  const spec = { name: 'example', compute: 'allocate', size, dims, from };
  const cellSpec = (index: number): CellSpec => ({
    compute: 'allocate',
    parameters: { importance: [4, 2, 1, 0.5], dims, kurtosis: 4 + (from + index) / 8 },
    measurements: ['loss', 'capacity'],
    weights: false,
    seed: 0,
    version,
    revision,
    kernel: 'typescript',
  });
  return {
    name: 'example',
    spec,
    identity: identity({ spec, version, revision, kernel: 'typescript' }),
    kernel: 'typescript',
    folder: '.',
    size,
    axisColumns: [{ name: 'kurtosis', type: 'number' }],
    resultColumns: [
      { name: 'loss', type: 'number' },
      { name: 'price', type: 'number' },
      { name: 'capacity', type: 'numbers' },
    ],
    cell: (index) => {
      const own = cellSpec(index);
      return { index, id: cellId(own), spec: own };
    },
    axisValues: (index) => ({ kurtosis: 4 + (from + index) / 8 }),
    seconds: () => 1e-4,
    bytes: () => 100,
  };
}
