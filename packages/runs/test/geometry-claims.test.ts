import { describe, expect, it } from 'vitest';
import { embedding } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import { geometry, geometryClaims, type Geometry } from '../src/reproduce/index.ts';
import { blockCensus } from '../src/reproduce/geometry/block-census.ts';
import { theoremTwo } from '../src/reproduce/geometry/theorem-two.ts';

const result = geometry({ seeds: 6, draws: 40 }, 0);
const claims = geometryClaims(result);

/** Ids of the claims that fail for altered results. */
function failures(change: Partial<Geometry>): string[] {
  return geometryClaims({ ...result, ...change })
    .filter(({ pass }) => !pass)
    .map(({ id }) => id);
}

describe('the claims of section 4', () => {
  it('pass', () => {
    expect(claims.filter(({ pass }) => !pass)).toEqual([]);
  });

  it('have unique ids', () => {
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
  });

  it('cover figures 5 and 6, both theorems and sections 4.2 to 4.6', () => {
    const sources = claims.map(({ source }) => source).join('; ');
    for (const part of [
      'Figure 5',
      'Figure 6',
      'Theorem 1',
      'Theorem 2',
      '4.2',
      '4.3',
      '4.4',
      '4.5',
      '4.6',
    ]) {
      expect(sources).toContain(part);
    }
  });
});

describe('claims of section 4 fail', () => {
  it('for an arrangement with other capacities', () => {
    const [triangle, ...others] = result.figure6;
    const bent = { ...triangle, capacity: triangle.capacity.map((c) => c + 1e-9) };
    expect(failures({ figure6: [bent, ...others] })).toEqual(['figure6-triangle']);
  });

  it('for a shape with another name', () => {
    const [triangle, ...others] = result.figure6;
    const misnamed = { ...triangle, shape: { ...triangle.shape, name: 'square' } };
    expect(failures({ figure6: [misnamed, ...others] })).toEqual(['figure6-shapes']);
  });

  it('for blocks that differ from the hidden ones', () => {
    const { planted } = result.figure5;
    const [[first], second] = planted.blocks;
    const blocks = [[first], [...second, planted.blocks[0][1]]];
    const figure5 = { ...result.figure5, planted: { ...planted, blocks } };
    expect(failures({ figure5 })).toEqual(['figure5-blocks']);
  });

  it('for a seed whose partial features do not form one eigenspace', () => {
    const [small, large] = result.oneEigenspace;
    const oneEigenspace = [small, { ...large, oneEigenspace: large.seeds - 1 }];
    expect(failures({ oneEigenspace })).toEqual(['one-eigenspace-40-in-20']);
  });

  it('for trained matrices with one longer feature', () => {
    const architectures = result.architectures.map((row) => {
      const trained = row.trained.map(({ embedding: w, ...rest }) => {
        const data = Float64Array.from(w.data);
        for (let d = 0; d < w.dims; d++) data[d] *= 1.1;
        return { ...rest, embedding: embedding(w.dims, w.features, data) };
      });
      return { ...row, trained, census: blockCensus(trained, row.noise) };
    });
    // Antipodal pairs are efficient with any lengths.
    expect(failures({ architectures })).toEqual(['trained-form', 'trained-integers']);
  });

  it('for a split at another importance, and for no split', () => {
    const { splittingOff } = result;
    const elsewhere = { ...splittingOff, splitAt: [2.5] };
    expect(failures({ splittingOff: elsewhere })).toEqual(['split-at']);
    expect(failures({ splittingOff: { ...splittingOff, splitAt: [] } })).toEqual(['split-at']);
  });

  it('for a history that stops early', () => {
    const trainingDynamics = result.trainingDynamics.map((run) => ({
      ...run,
      dynamics: { ...run.dynamics, rows: run.dynamics.rows.slice(0, 5) },
    }));
    expect(failures({ trainingDynamics })).toEqual(['dynamics-pairs', 'dynamics-full']);
  });
});

describe('blockCensus', () => {
  const pair = (turn: number): Float64Array => {
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    return Float64Array.from([c, s, -c, -s, -2 * s, 2 * c]);
  };
  const trained = [0.1, 1.2, 2.5].map((turn, k) => ({
    loss: 1 + k / 30,
    embedding: embedding(2, 3, pair(turn)),
    converged: k > 0,
  }));

  it('counts rotated copies as one structure, and restarts near the lowest loss', () => {
    const { structures, nearBest, converged, efficiency } = blockCensus(trained, 0);
    expect(structures).toEqual([
      {
        blocks: [
          { shape: 'antipodal pair', features: 2, dims: 1, count: 1 },
          { shape: 'single', features: 1, dims: 1, count: 1 },
        ],
        ignored: 0,
        count: 3,
        nearBest: 2,
      },
    ]);
    expect({ nearBest, converged }).toEqual({ nearBest: 2, converged: 2 });
    expect(efficiency.mean).toBeCloseTo(1, 12);
  });
});

describe('trainingDynamics', () => {
  it('numbers exactly the features of formed blocks', () => {
    for (const { dynamics, blockOf, blockNames } of result.trainingDynamics) {
      dynamics.rows.forEach(({ full, blocks, blockCapacity }, at) => {
        const formed = blocks.filter(
          (_, k) => Math.abs(blockCapacity[k] % 1) < 0.02 || blockCapacity[k] % 1 > 0.98,
        );
        const numbered = [...full, ...formed.flat()].toSorted((a, b) => a - b);
        expect(blockOf[at].flatMap((number, i) => (number === null ? [] : [i]))).toEqual(numbered);
        for (const number of blockOf[at]) {
          if (number !== null) expect(blockNames[number]).toBeTypeOf('string');
        }
      });
    }
  });

  it('includes a block that splits', () => {
    const kinds = result.trainingDynamics.flatMap(({ dynamics }) =>
      dynamics.events.map(({ kind }) => kind),
    );
    expect(kinds).toContain('splits');
    expect(kinds).toContain('forms');
  });
});

it('efficient matrices depend on the seed, and restart k does not depend on the number of restarts', () => {
  expect(theoremTwo(3, 0)).not.toEqual(theoremTwo(3, 1));
  const more = geometry({ seeds: 7, draws: 1 }, 0);
  const capacities = ({ architectures }: Geometry): number[][] =>
    architectures.map(({ trained }) => Array.from(measureCapacity(trained[5].embedding).capacity));
  expect(capacities(more)).toEqual(capacities(result));
});
