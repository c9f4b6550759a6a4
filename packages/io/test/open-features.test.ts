import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, encodeSafetensors, openTensors, type TensorFile } from '../src/index.ts';
import type { VectorRange } from '../src/layouts/feature-matrix.ts';
import { gatherFeatures, openFeatures, type FeatureRecipe } from '../src/layouts/index.ts';

/**
 * A file with a 6 x 4 matrix, a stack of two matrices, vectors for a fold, and two factors of a
 * product.
 */
async function fileOf(values: readonly number[], double: boolean): Promise<TensorFile> {
  let at = 0;
  const tensor = (name: string, ...shape: number[]) => {
    const size = shape.reduce((a, b) => a * b);
    const numbers = Array.from({ length: size }, () => values[at++ % values.length]);
    return { name, shape, data: double ? Float64Array.from(numbers) : Float32Array.from(numbers) };
  };
  const bytes = encodeSafetensors([
    tensor('w', 6, 4),
    tensor('stack', 2, 6, 4),
    tensor('partner', 4, 6),
    tensor('out', 5, 3),
    tensor('in', 3, 4),
  ]);
  return openTensors(bytesSource('W', bytes));
}

const recipes: readonly FeatureRecipe[] = [
  { tensor: 'w', axis: 'rows' },
  { tensor: 'w', axis: 'columns' },
  { tensor: 'w', axis: 'rows', from: 2, to: 5 },
  { tensor: 'stack', axis: 'columns', index: 1, from: 1, to: 4 },
  ...(['sum', 'concatenated'] as const).map((combine) => ({
    tensor: 'w',
    axis: 'rows' as const,
    combine,
    parts: [
      { tensor: 'w', axis: 'rows' as const },
      { tensor: 'stack', axis: 'rows' as const, index: 1 },
      { tensor: 'partner', axis: 'columns' as const },
    ],
  })),
  {
    tensor: 'w',
    axis: 'rows',
    fold: { partner: { tensor: 'partner', axis: 'columns' }, power: 1 },
  },
  { tensor: 'w', axis: 'rows', fold: { partner: { tensor: 'w', axis: 'rows' }, power: -1 } },
  {
    tensor: 'out',
    axis: 'columns',
    product: {
      outputs: [{ tensor: 'out', axis: 'columns' }],
      inputs: [{ tensor: 'in', axis: 'rows' }],
    },
  },
];

test('a product of outputs and inputs has the vectors of the matrix that maps one to the other', async () => {
  // Outputs (1, 2, 3) and (4, 5, 6) times inputs (1, 0) and (10, 1).
  const tensors = new Map([
    ['out', { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) }],
    ['in', { shape: [2, 2], data: Float64Array.of(1, 0, 10, 1) }],
  ]);
  const [outputs, inputs] = ['out', 'in'].map((tensor) => [{ tensor, axis: 'rows' as const }]);
  const recipe = { ...outputs[0], product: { outputs, inputs } };
  const read = async (name: string) => ({ name, dtype: 'F64', ...tensors.get(name)! });
  expect(await gatherFeatures(recipe, read, 'x')).toMatchObject({
    dims: 3,
    features: 2,
    data: Float64Array.of(41, 52, 63, 4, 5, 6),
  });
});

test('parts one after the other are in float64 if one of them is', async () => {
  const numbers: Readonly<Record<string, Float32Array | Float64Array>> = {
    a: Float32Array.of(1, 2),
    b: Float64Array.of(1 / 3, 4),
  };
  const combined = (...names: string[]) => {
    const parts = names.map((tensor) => ({ tensor, axis: 'rows' as const }));
    const read = async (name: string) => ({ name, dtype: '', shape: [2, 1], data: numbers[name] });
    return gatherFeatures({ ...parts[0], parts, combine: 'concatenated' }, read, 'x');
  };
  expect((await combined('a', 'b')).data).toEqual(Float64Array.of(1, 1 / 3, 2, 4));
  expect((await combined('a', 'a')).data).toEqual(Float32Array.of(1, 1, 2, 2));
});

describe('openFeatures', () => {
  test('gives the same vectors in ranges as gatherFeatures at once', async () => {
    const number = fc.integer({ min: -8, max: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(number, { minLength: 5, maxLength: 40 }),
        fc.boolean(),
        fc.constantFrom(...recipes),
        fc.nat(),
        fc.nat(),
        async (values, double, recipe, from, length) => {
          const file = await fileOf(values, double);
          const whole = await gatherFeatures(recipe, (name) => file.read(name), 'W');
          const source = await openFeatures(recipe, file, 'W');
          expect([source.dims, source.features]).toEqual([whole.dims, whole.features]);
          const first = from % source.features;
          const count = length % (source.features - first + 1);
          const block = await source.read(first, count);
          const { dims } = whole;
          const expected = whole.data.subarray(first * dims, (first + count) * dims);
          expect(block).toHaveLength(expected.length);
          // Here the folded norm is rounded to the precision of the file; gatherFeatures does not
          // round it.
          const rounding = block instanceof Float64Array ? 0 : 2 ** -23;
          block.forEach((value, i) =>
            expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(
              rounding * Math.abs(expected[i]),
            ),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('refuses products of vectors of different lengths, and norms of other vectors, at once', async () => {
    const file = await fileOf([1, 2, 3], false);
    const gather = (recipe: FeatureRecipe) =>
      gatherFeatures(recipe, (name) => file.read(name), 'W');
    const of = (tensor: string, axis: 'rows' | 'columns', to: number) => ({
      tensor,
      axis,
      from: 0,
      to,
    });
    const long = [of('out', 'columns', 1), of('out', 'columns', 1)];
    const mixed = [of('in', 'rows', 1), of('partner', 'rows', 1)];
    for (const product of [
      { outputs: long, inputs: mixed },
      { outputs: mixed, inputs: long },
      { outputs: long, inputs: [of('in', 'rows', 3)] },
    ])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(gather({ tensor: 'out', axis: 'columns', product })).rejects.toThrow(
        /^W: the product of 2 output vectors with [23] input vectors is impossible; the file is damaged$/,
      );
    const fold = { partner: { tensor: 'out', axis: 'rows' as const }, power: 1 as const };
    await expect(gather({ tensor: 'w', axis: 'rows', fold })).rejects.toThrow(
      'W: 5 norms do not fold into 6 features',
    );
  });

  test('names vectors or norms that are missing', async () => {
    const file = await fileOf([1, 2, 3], false);
    await expect(
      openFeatures({ tensor: 'w', axis: 'rows', from: 2, to: 9 }, file, 'W'),
    ).rejects.toThrow('W: tensor "w": has 6 rows, not those from 2 to 9');
    const part = await openFeatures({ tensor: 'w', axis: 'rows', from: 2, to: 5 }, file, 'W');
    await expect(part.read(1, 3)).rejects.toThrow(': no 3 features from 1 on, it has 3');
    expect(await part.read(3, 0)).toHaveLength(0);
    const partner = { tensor: 'out', axis: 'rows' } as const;
    await expect(
      openFeatures({ tensor: 'w', axis: 'rows', fold: { partner, power: 1 } }, file, 'W'),
    ).rejects.toThrow('5 norms do not fold into 6 features');
  });
});

test('matrices of different sizes are not combined', async () => {
  const file = await fileOf([1, 2, 3], true);
  const gathered = (combine: 'sum' | 'concatenated', ...parts: VectorRange[]) =>
    gatherFeatures({ ...parts[0], combine, parts }, (name) => file.read(name), 'W');
  const w: VectorRange = { tensor: 'w', axis: 'rows' };
  const four: VectorRange = { tensor: 'in', axis: 'rows' };
  const five: VectorRange = { tensor: 'out', axis: 'columns' };
  const refusal = 'W: matrices of different sizes cannot be combined';
  await expect(gathered('concatenated', four, w)).rejects.toThrow(refusal);
  await expect(gathered('sum', w, w, four)).rejects.toThrow(refusal);
  // Three vectors of four numbers each, and three of five.
  await expect(gathered('sum', four, five)).rejects.toThrow(refusal);
  expect(await gathered('concatenated', four, five)).toMatchObject({ features: 3, dims: 9 });
});
