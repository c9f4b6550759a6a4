import { bytesSource, encodeSafetensors, openTensors } from '@polysem/io';
import { LIMITS } from '@polysem/lab/limits';
import { defaultCellTraining, defaultGridTraining } from '@polysem/engine/phase';
import { trainingDefaults } from '@polysem/engine/training';
import { completeModel, parseResult, readTrained } from '@polysem/reports/results';
import { toJson } from '@polysem/reports/text';
import { describe, expect, it } from 'vitest';

const parse = (value: object): ReturnType<typeof parseResult> =>
  parseResult(toJson(value), 'r.json', LIMITS);

/** A copy of an object in which the field at a path has another value; undefined removes it. */
function altered<T extends object>(value: T, path: string, other: unknown): T {
  const copy = structuredClone(value);
  const names = path.split('.');
  const last = names.pop()!;
  const parent = names.reduce<Record<string, unknown>>(
    (at, name) => at[name] as Record<string, unknown>,
    copy as Record<string, unknown>,
  );
  parent[last] = other;
  return copy;
}

const phase = {
  spec: {
    features: 3,
    dims: 1,
    shape: 'student-t',
    degreesOfFreedom: 7,
    density: { from: 1, to: 0.1, count: 2 },
    importance: { from: 0.1, to: 10, count: 3 },
    trained: defaultCellTraining,
    seed: 4,
  },
  version: '9.8.7',
  capacity: [0, 0.5, 1, 0, 0.4, 1],
  trained: { capacity: [0, 0.5, 1, 0, 0.4, null] },
};

const grid = {
  version: '9.8.7',
  kernel: 'wasm',
  spec: {
    architecture: { task: 'compression', activation: 'relu', bias: true, tied: true },
    shape: 'uniform-positive',
    unitVariance: false,
    correlation: { kind: 'together', groups: 2 },
    features: 6,
    dims: 3,
    importance: 1,
    density: 0.1,
    importancePower: 1,
    x: { parameter: 'importance', values: [0.1, 1, 10] },
    y: { parameter: 'dims', values: [1, 2] },
    training: defaultGridTraining,
    seed: 0,
  },
  capacity: [0, 0.5, 1, 0, 0.5, null],
  degeneracy: [0, 0, 0, 0, 0, 0.2],
  optima: [1, 1, 1, 2, 1, 1],
};

const model = { task: 'compression', activation: 'relu', features: 2, dims: 1, importance: [1, 3] };
const spec = {
  model,
  inputs: { shape: 'uniform-positive', density: 0.1, unitVariance: false },
  ...trainingDefaults(model as never),
  seed: 5,
};
const train = {
  spec,
  version: '9.8.7',
  kernel: 'wasm',
  loss: 0.25,
  lossError: 0.01,
  optimum: null,
  gap: null,
  best: 1,
  history: [
    { step: 0, loss: 1, weights: [[1, 2]], readOut: null, bias: [0, 0] },
    { step: 10, loss: 0.3, weights: [[3, 4]], readOut: null, bias: [0.5, 0.5] },
  ],
};

const figures = { efficiency: 0.5, meanCapacity: 0.25 };
const measure = {
  matrix: 'W',
  features: 2,
  dims: 2,
  rank: 2,
  capacity: { total: 1.5 },
  efficiency: 0.75,
  efficiencyInterval: [0.7, 0.8],
  effectiveRank: 1.9,
  zeroFeatures: 0,
  references: [{ name: 'random Gaussian', dims: 2, features: 2, figures }],
  perFeature: {
    feature: [1, 4],
    capacity: [1, 0.5],
    leverage: [1, 0.6],
    neighbour: [4, 1],
    cosine: [0.1, 0.1],
    label: ['a', 'b'],
  },
  version: '9.8.7',
  configuration: {
    command: 'measure',
    file: 'my weights.npy',
    tensor: 'W',
    features: 'rows',
    centred: true,
    precision: 'auto',
    baseline: 'gaussian',
  },
};

describe('the results of polysem phase', () => {
  it('are read with their settings, prediction and trained cells', () => {
    const result = parse(phase);
    expect(result).toMatchObject({ kind: 'phase', version: '9.8.7', seed: 4, spec: phase.spec });
    if (result.kind !== 'phase') throw new Error(result.kind);
    expect(Array.from(result.predicted)).toEqual(phase.capacity);
    expect(Array.from(result.capacity!)).toEqual([0, 0.5, 1, 0, 0.4, NaN]);
    const predicted = parse(altered(altered(phase, 'spec.trained', null), 'trained', null));
    expect(predicted).toMatchObject({ capacity: null });
  });

  it('are read for any model and axes', () => {
    expect(parse(grid)).toMatchObject({ kind: 'grid', kernel: 'wasm', spec: grid.spec });
  });

  it.each([
    ['spec.seed', -1, 'spec.seed is -1, must be a whole number of at least 0'],
    ['spec.features', 'six', 'spec.features is "six", must be a whole number of at least 1'],
    ['spec.features', 201, 'spec.features is 201, but the lab shows 1 to 200'],
    ['spec.dims', 4, 'spec.dims: must be an integer from 1 to 3'],
    ['spec.shape', 'unknown', 'spec.shape is "unknown", must be one of'],
    ['spec.density.count', 129, 'spec.density.count is 129, but the lab shows 2 to 128'],
    ['spec.density.from', null, 'spec.density.from is null, must be a number'],
    ['spec.importance.to', 1e7, 'spec.importance.to is 10000000, but the lab shows'],
    ['capacity', [0, 1], 'capacity is [0,1], must be a list of 6 numbers'],
    ['capacity', [0, 0.5, 1, 0, 0.4, 1.5], 'capacity[5] is 1.5, must be a number from 0 to'],
    ['capacity', [0, 0.5, 1, 0, 0.4, null], 'capacity[5] is null, must be a number'],
    ['trained', undefined, 'trained is missing, must be an object'],
    ['version', 1, 'version is 1, must be text'],
  ])('are refused if %s is %j', (path, value, message) => {
    const fix = 'polysem phase';
    expect(() => parse(altered(phase, path, value))).toThrow(`r.json: ${message}`);
    expect(() => parse(altered(phase, path, value))).toThrow(fix);
  });

  it.each([
    ['spec.x.values', [0.1, 1, 5], 'spec.x.values is [0.1,1,5], must be in equal ratios'],
    ['spec.x.values', [1], 'spec.x.values.length is 1, but the lab shows 2 to 128'],
    ['spec.y.parameter', 'importance', 'spec.y: importance is on the other axis already'],
    ['spec.architecture.task', 'all', 'spec.architecture.task is "all", must be one of'],
    ['spec.correlation', { kind: 'copula', matrix: [[1]] }, 'spec.correlation.loadings is missing'],
    ['spec.correlation.groups', [['a']], 'spec.correlation.groups is [["a"]], must be a size'],
    ['spec.training.rows', 0, 'spec.training.rows is 0'],
    ['degeneracy', undefined, 'degeneracy is missing, must be a list of 6 numbers'],
  ])('of any model are refused if %s is %j', (path, value, message) => {
    expect(() => parse(altered(grid, path, value))).toThrow(`r.json: ${message}`);
  });
});

describe('the results of polysem train', () => {
  it('are read with the weights of each recorded step', () => {
    const result = parse(train);
    expect(result).toMatchObject({ kind: 'train', spec, best: 1, loss: 0.25, optimum: null });
    if (result.kind !== 'train') throw new Error(result.kind);
    expect(result.history.map(({ weights }) => Array.from(weights))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(Array.from(result.network.bias)).toEqual([0.5, 0.5]);
    expect(result.network.loss).toBe(0.25);
  });

  it.each([
    ['history', [], 'history is [], must be a list of recorded steps, which hold the weights'],
    ['best', null, 'best is null, must be a restart: every one diverged'],
    [
      'spec.inputs',
      { kind: 'data', rows: 3 },
      'spec.inputs.kind is "data", must be a distribution',
    ],
    ['spec.batch', 1e6, 'spec.batch is 1000000, but the lab shows 1 to 65536'],
    ['spec.optimiser', { name: 'magic' }, 'spec.optimiser'],
    ['spec.optimiser', 'adam', 'spec.optimiser is "adam", must be an object'],
    ['spec.model.importance', [1], 'spec.model.importance is [1], must be a list of 2 numbers'],
    ['spec.model.importance', [0, 1], 'spec.model.importance[0] is 0, but the lab shows'],
    [
      'history.0.weights',
      [[1, null]],
      'history[0].weights is [[1,null]], must be rows of 2 numbers',
    ],
    ['history.0.step', 1.5, 'history[0].step is 1.5, must be a whole number'],
  ])('are refused if %s is %j', (path, value, message) => {
    expect(() => parse(altered(train, path, value))).toThrow(`r.json: ${message}`);
  });

  it('of several models are refused', () => {
    expect(() => parse({ instances: [train, train] })).toThrow(
      'r.json: instances: holds 2 models, and the lab shows one; train it with --instances 1',
    );
  });

  const tensors = [
    { name: 'W', shape: [1, 2], data: Float64Array.of(3, 4) },
    { name: 'b', shape: [2], data: Float64Array.of(0.5, 0.6) },
    { name: 'history.step', shape: [2], data: Float64Array.of(0, NaN) },
    { name: 'history.loss', shape: [2], data: Float64Array.of(1, NaN) },
    { name: 'history.weights', shape: [2, 1, 2], data: Float64Array.of(1, 2, NaN, NaN) },
    { name: 'history.b', shape: [2, 2], data: Float64Array.of(0, 0.1, NaN, NaN) },
  ];
  const scalars = toJson({ loss: 0.25, lossError: null, optimum: null, gap: null });
  const opened = (metadata: Record<string, string>, all = tensors) =>
    openTensors(bytesSource('t.safetensors', encodeSafetensors(all, metadata))).then((file) =>
      readTrained(file, 't.safetensors', LIMITS),
    );

  it('are read from weights with their settings', async () => {
    const result = await opened({ polysem: '9.8.7', spec: toJson(spec), result: scalars });
    expect(result).toMatchObject({ spec, best: null, version: '9.8.7', loss: 0.25 });
    expect(Array.from(result!.network.weights)).toEqual([3, 4]);
    expect(Array.from(result!.network.bias)).toEqual([0.5, 0.6]);
    expect(result!.history.map(({ step, weights }) => [step, ...weights])).toEqual([[0, 1, 2]]);
  });

  it('are none in weights of other programs', async () => {
    expect(await opened({})).toBeNull();
    expect(await opened({ polysem: '9.8.7' })).toBeNull();
  });

  it('are refused in weights that do not fit the settings', async () => {
    const wider = { ...spec, model: { ...model, features: 3, importance: [1, 1, 1] } };
    const damaged = (text: string) => opened({ polysem: '9.8.7', spec: text, result: scalars });
    await expect(damaged(toJson(wider))).rejects.toThrow(
      't.safetensors: history.weights: must be 1 x 3 finite numbers',
    );
    await expect(damaged('{')).rejects.toThrow('t.safetensors: spec: is not valid JSON');
    await expect(damaged('[{}, {}]')).rejects.toThrow('t.safetensors: spec: holds 2 models');
  });
});

describe('the results of polysem measure', () => {
  it('are read with the command that gave them', () => {
    const result = parse(measure);
    if (result.kind !== 'measure') throw new Error(result.kind);
    const [matrix] = result.matrices;
    expect(matrix.command).toBe(
      "npx polysem measure 'my weights.npy' --tensor W --features rows --centre --baseline gaussian",
    );
    expect(matrix.summary).toMatchObject({ features: 2, efficiency: 0.75 });
    expect(matrix.references).toEqual([
      { name: 'random Gaussian', dims: 2, features: 2, efficiency: 0.5, meanCapacity: 0.25 },
    ]);
    // Neighbours are numbered as in the file; the page needs their places in the list.
    expect(Array.from(matrix.perFeature!.neighbours!.index)).toEqual([1, 0]);
    expect(matrix.perFeature!.labels).toEqual(['a', 'b']);
  });

  it('of several matrices are read one by one', () => {
    const { version, configuration, ...one } = measure;
    const { command, file, precision, baseline, ...taken } = configuration;
    const several = {
      matrices: [one, { ...one, matrix: 'U' }],
      version,
      configuration: {
        command,
        file,
        matrices: [taken, { preset: 'sae-decoder', layer: 2 }],
        precision,
        baseline,
      },
    };
    const result = parse(several);
    if (result.kind !== 'measure') throw new Error(result.kind);
    expect(result.matrices.map(({ label }) => label)).toEqual(['W', 'U']);
    expect(result.matrices[1].command).toContain('--preset sae-decoder --layer 2 --baseline');
  });

  it.each([
    ['rank', 3, 'rank is 3, must be a whole number from 0 to 2'],
    ['perFeature', undefined, 'perFeature is missing, must be an object'],
    ['perFeature.capacity', [1], 'perFeature.capacity is [1], must be a list of 2 numbers'],
    ['features', 2 ** 32, 'perFeature.capacity is [1,0.5], must be a list of 4294967296 numbers'],
    ['references', {}, 'references is {}, must be a list'],
    ['configuration.file', 3, 'configuration.file is 3, must be text'],
  ])('are refused if %s is %j', (path, value, message) => {
    expect(() => parse(altered(measure, path, value))).toThrow(`r.json: ${message}`);
  });
});

describe('other files', () => {
  it.each([
    ['{', 'r.json: is not valid JSON'],
    ['[1]', 'r.json: is not a JSON object'],
    [
      '{"cells": []}',
      'r.json: spec is missing, as is configuration; give the JSON of polysem phase',
    ],
    ['{"spec": 3}', 'r.json: spec is missing'],
    ['{"spec": {}}', 'r.json: spec.features is missing'],
  ])('are refused: %s', (text, message) => {
    expect(() => parseResult(text, 'r.json', LIMITS)).toThrow(message);
  });
});

describe('the settings of a model', () => {
  it('are written out with their defaults', () => {
    const vector = { task: 'vector-computation', activation: 'relu', target: 'abs' } as const;
    expect(completeModel(vector)).toEqual({
      ...vector,
      bias: true,
      hiddenActivation: 'relu',
      importanceRole: 'loss-weight',
    });
    expect(completeModel({ task: 'compression', activation: 'relu', tied: false })).toMatchObject({
      hiddenActivation: 'linear',
      tied: false,
    });
  });
});
