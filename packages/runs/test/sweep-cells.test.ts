import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { polytope } from '@polysem/core/geometry';
import { trainingDefaults } from '@polysem/engine/training';
import { embeddingToMatrix, encodeNpy } from '@polysem/io';
import { encodeTraining, runTraining } from '@polysem/runs';
import { listComputations, planSweep, runCell, type CellResult } from '@polysem/runs/sweep';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'polysem-cells-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const here = { folder, threads: 1 };

/** Results of all cells of a sweep. */
async function resultsOf(document: object): Promise<CellResult[]> {
  const plan = planSweep(document, { folder });
  const results: CellResult[] = [];
  for (let index = 0; index < plan.size; index++) {
    // oxlint-disable-next-line no-await-in-loop
    results.push(await runCell(plan.cell(index).spec, here));
  }
  return results;
}

/** Names of all measurements of a computation. */
const everything = (compute: string): string[] =>
  listComputations()
    .find(({ name }) => name === compute)
    ?.measurements.map(({ name }) => name) ?? [];

/** Types of values that a column holds, null aside. */
function typesOf(compute: string, { values }: CellResult): Record<string, string> {
  const columns = listComputations().find(({ name }) => name === compute)?.measurements ?? [];
  return Object.fromEntries(
    columns.flatMap(({ name, type }) => {
      const value = values[name];
      if (value === null) return [];
      const found = Array.isArray(value)
        ? 'numbers'
        : typeof value === 'string'
          ? 'text'
          : type === 'integer' && Number.isInteger(value)
            ? 'integer'
            : 'number';
      return found === type ? [] : [[name, found]];
    }),
  );
}

describe('a cell that trains', () => {
  const parameters = {
    task: 'compression',
    activation: 'relu',
    features: 3,
    dims: 2,
    importance: '0.9^i',
    density: 0.2,
    steps: 30,
    batch: 64,
    restarts: 2,
    history: 2,
  };
  const document = {
    compute: 'train',
    parameters,
    weights: true,
    kernel: 'typescript',
    seeds: [7],
  };

  it('gives the weights and the loss of polysem train with the same settings, byte for byte', async () => {
    const [{ values, weights }] = await resultsOf(document);
    const model = {
      task: 'compression',
      activation: 'relu',
      bias: true,
      importanceRole: 'loss-weight',
      tied: true,
      features: 3,
      dims: 2,
      importance: [1, 0.9, 0.9 * 0.9],
    } as const;
    const inputs = { shape: 'uniform-positive', density: 0.2, unitVariance: false } as const;
    const settings = { ...trainingDefaults(model), steps: 30, batch: 64, history: 2, restarts: 2 };
    const spec = { model, inputs, ...settings, seed: 7, instance: 0 };
    const [result] = await runTraining([spec], { threads: 1, kernel: 'typescript' });
    if (result.best === null) throw new Error('the training diverged');
    expect(values.loss).toBe(result.loss);
    expect(weights).toEqual(encodeTraining(result, 'typescript'));
  });

  it('has values of the type of each column', async () => {
    const [result] = await resultsOf({ ...document, measurements: everything('train') });
    expect(Object.keys(result.values)).toEqual(everything('train'));
    expect(typesOf('train', result)).toEqual({});
  });

  it('fails for good if every restart diverges', async () => {
    const wild = { ...parameters, optimiser: 'sgd', learningRate: 1e30 };
    await expect(resultsOf({ ...document, parameters: wild })).rejects.toThrow(
      /^training diverged in every restart/,
    );
  });

  it('is refused by another version', async () => {
    const { spec } = planSweep(document).cell(0);
    await expect(runCell({ ...spec, version: '0.0.1' }, here)).rejects.toThrow('the same version');
  });
});

describe('a cell of a phase diagram', () => {
  const parameters = { features: 2, dims: 1, density: 0.1, batch: 64, restarts: 2 };

  it('agrees with the theory in the quadratic model', async () => {
    const axes = [{ parameter: 'importance', values: [0.01, 1, 100] }];
    const results = await resultsOf({ compute: 'phase', parameters, axes });
    for (const { values } of results)
      expect(values.capacity).toBeCloseTo(values.predicted as number, 3);
    expect(results.map(({ values }) => values.phase)).toEqual(['ignored', 'plateau', 'full']);
  });

  it.each(['phase', 'grid'])('has values of the type of each column of %s', async (compute) => {
    const { density: _density, ...shared } = parameters;
    const axes = {
      x: { parameter: 'importance', values: [0.1, 10] },
      y: { parameter: 'density', log: { from: 1, to: 0.1, count: 3 } },
    };
    const own = compute === 'grid' ? { ...shared, ...axes } : parameters;
    const measurements = everything(compute);
    const [result] = await resultsOf({ compute, parameters: own, measurements });
    expect(typesOf(compute, result)).toEqual({});
    if (compute === 'grid') expect(result.values.capacity).toHaveLength(6);
  });
});

describe('a cell that reads a file', () => {
  const write = (name: string, polygon: 'pentagon' | 'triangle'): void =>
    writeFileSync(join(folder, name), encodeNpy(embeddingToMatrix(polytope(polygon))));
  write('pentagon.npy', 'pentagon');
  write('triangle.npy', 'triangle');
  const axis = 'columns';

  it('measures each of several files', async () => {
    const axes = [{ parameter: 'file', values: ['pentagon.npy', 'triangle.npy'] }];
    const results = await resultsOf({ compute: 'measure', parameters: { axis }, axes });
    expect(results.map(({ values }) => [values.features, values.dims])).toEqual([
      [5, 2],
      [3, 2],
    ]);
    expect(results[0].values.meanCapacity).toBeCloseTo(2 / 5, 12);
  });

  it.each([
    ['measure', {}],
    ['geometry', {}],
    ['audit', { importance: 1, kurtosis: 18, resamples: 5 }],
    ['compare', { by: 'order' }],
  ])('has values of the type of each column of %s', async (compute, own) => {
    const parameters = { file: 'pentagon.npy', axis, ...own };
    const measurements = everything(compute);
    const [result] = await resultsOf({ compute, parameters, measurements });
    expect(typesOf(compute, result)).toEqual({});
    if (compute === 'geometry') expect(result.values.shapes).toBe('pentagon');
  });

  it('compares two files, of which the second may be the first', async () => {
    const parameters = { file: 'pentagon.npy', axis };
    const axes = [{ parameter: 'fileB', values: ['pentagon.npy', 'triangle.npy'] }];
    const document = { compute: 'compare', parameters, axes, measurements: everything('compare') };
    const [same, other] = (await resultsOf(document)).map(({ values }) => values);
    expect([same.pairs, same.mcc, same.shareOfA]).toEqual([5, 1, 1]);
    expect(same.meanDifference).toBeCloseTo(0, 12);
    expect([other.featuresA, other.featuresB, other.pairs]).toEqual([5, 3, 3]);
    // Three features of a pentagon have 2/5 of a dimension each, and those of a triangle 2/3.
    expect(other.meanDifference).toBeCloseTo(2 / 3 - 2 / 5, 12);
    const [alone] = await resultsOf({ compute: 'compare', parameters });
    expect(alone.values.meanCosine).toBeCloseTo(1, 12);
  });

  it('has the digests of both files in its id, and names the parameters of the second', async () => {
    write('second.npy', 'pentagon');
    const parameters = { file: 'pentagon.npy', fileB: 'second.npy', axis };
    const plan = planSweep({ compute: 'compare', parameters }, { folder });
    const { spec, id } = plan.cell(0);
    write('second.npy', 'triangle');
    await expect(runCell(spec, here)).rejects.toThrow('fileB: second.npy has changed');
    expect(planSweep({ compute: 'compare', parameters }, { folder }).cell(0).id).not.toBe(id);
    const gone = { ...parameters, fileB: 'gone.npy' };
    expect(() => planSweep({ compute: 'compare', parameters: gone }, { folder })).toThrow(
      'parameters.fileB: ',
    );
    const unknown = { ...parameters, tensorB: 'x' };
    await expect(resultsOf({ compute: 'compare', parameters: unknown })).rejects.toThrow(
      'tensorB: second.npy has no tensor "x"',
    );
    expect(() =>
      planSweep({ compute: 'compare', parameters: { ...parameters, align: true } }, { folder }),
    ).toThrow('needs pairs that are given');
  });

  it('has the digest of the file in its id, and fails if the file has changed', async () => {
    write('changing.npy', 'pentagon');
    const document = { compute: 'measure', parameters: { file: 'changing.npy', axis } };
    const plan = planSweep(document, { folder });
    const { spec, id } = plan.cell(0);
    write('changing.npy', 'triangle');
    await expect(runCell(spec, here)).rejects.toThrow('has changed since the sweep was planned');
    expect(planSweep(document, { folder }).cell(0).id).not.toBe(id);
    // The plan of a folder of results does not read the files again.
    expect(planSweep(plan.spec).identity).toBe(plan.identity);
  });

  it.each([
    [{ axis }, 'parameters.file: is missing'],
    [{ file: 'gone.npy', axis }, 'gone.npy: no such file'],
    [{ file: '.', axis }, 'is a folder; give a single file'],
  ])('is refused: %j', (parameters, message) => {
    expect(() => planSweep({ compute: 'measure', parameters }, { folder })).toThrow(message);
  });

  it('asks which axis counts features', async () => {
    const document = { compute: 'measure', parameters: { file: 'pentagon.npy' } };
    await expect(resultsOf(document)).rejects.toThrow('counts features? add axis: rows or');
  });
});
