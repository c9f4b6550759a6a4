import type { Tensor } from '@polysem/io';
import { findFeatures } from '@polysem/io/layouts';
import { describe, expect, it } from 'vitest';
import { entries, find, gatherAll, randomTensors, type Shapes } from './layout-files.ts';

it('reads values once, though several tensors have names of their outputs', () => {
  const names = ['v_proj', 'o_proj', 'dense', 'out_proj'].map(
    (name) => `layers.0.self_attn.${name}.weight`,
  );
  const shapes = Object.fromEntries(names.map((name) => [name, [8, 8]]));
  const found = find({ 'embed_tokens.weight': [50, 8], ...shapes });
  expect(
    found.flatMap(({ preset, tensor }) => (preset === 'attention-ov' ? [tensor] : [])),
  ).toEqual(['layers.0.self_attn.o_proj.weight']);
});

/** Output of a model's attention for each coordinate of its input, head by head, as that model's own code computes it. */
describe('stacks of heads', () => {
  const found = (value: number[], output: number[]) => {
    const { features, notes } = findFeatures(
      entries({
        'blocks.0.attn.W_V': value,
        'blocks.0.attn.W_O': output,
        'blocks.0.mlp.W_in': [6, 24],
        'blocks.0.mlp.W_out': [24, 6],
      }),
    );
    return notes.length > 0
      ? notes
      : features.filter(({ preset }) => preset === 'attention-ov').length;
  };
  const UNFIT =
    'attention-ov is left out: the shapes of blocks.0.attn.W_V and blocks.0.attn.W_O do not fit';

  it.each([
    [[2, 6, 3], [2, 3, 6], 3],
    [[2, 6, 3], [4, 3, 6], 5],
    [[1, 6, 3], [4096, 3, 6], 4097],
  ])('of values %j and outputs %j are read, each and together', (value, output, count) => {
    expect(found(value, output)).toBe(count);
  });

  it.each([
    [
      [2, 6, 3],
      [2, 3, 7],
    ],
    [
      [2, 7, 3],
      [2, 3, 6],
    ],
    [
      [2, 6, 4],
      [2, 3, 6],
    ],
    [
      [2, 6, 3],
      [3, 3, 6],
    ],
    [
      [4, 6, 3],
      [2, 3, 6],
    ],
    [
      [1, 6, 3],
      [4097, 3, 6],
    ],
    [
      [6, 3],
      [2, 3, 6],
    ],
  ])('of values %j and outputs %j do not fit', (value, output) => {
    expect(found(value, output)).toEqual([UNFIT]);
  });
});

describe('W_O W_V moves what the model itself would move', () => {
  const heads = 2;
  const size = 3;
  const width = 6;
  type Move = (t: (name: string) => Tensor, x: number[], head: number) => number[];
  const at = ({ shape, data }: Tensor, ...index: number[]): number =>
    data[index.reduce((place, i, axis) => place * shape[axis] + i, 0)];
  /** sum over k of x_k m(k, j), for each j. */
  const apply = (
    x: readonly number[],
    length: number,
    m: (k: number, j: number) => number,
  ): number[] =>
    Array.from({ length }, (_, j) => x.reduce((sum, value, k) => sum + value * m(k, j), 0));
  const mlp = (
    inner: [number, number],
    outer: [number, number],
    names: [string, string],
  ): Shapes => ({
    [names[0]]: inner,
    [names[1]]: outer,
  });

  const models: Record<string, { shapes: Shapes; move: Move; config: Record<string, number> }> = {
    'GPT-2': {
      shapes: {
        'h.0.attn.c_attn.weight': [width, 3 * width],
        'h.0.attn.c_proj.weight': [width, width],
        ...mlp([width, 24], [24, width], ['h.0.mlp.c_fc.weight', 'h.0.mlp.c_proj.weight']),
      },
      config: { n_head: heads },
      // Conv1D: y = x W; queries, keys and values behind one another, heads within them.
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) =>
          at(t('h.0.attn.c_attn.weight'), k, 2 * width + head * size + j),
        );
        return apply(v, width, (k, j) => at(t('h.0.attn.c_proj.weight'), head * size + k, j));
      },
    },
    'GPT-NeoX': {
      shapes: {
        'layers.0.attention.query_key_value.weight': [3 * width, width],
        'layers.0.attention.dense.weight': [width, width],
        ...mlp(
          [24, width],
          [width, 24],
          ['layers.0.mlp.dense_h_to_4h.weight', 'layers.0.mlp.dense_4h_to_h.weight'],
        ),
      },
      config: { num_attention_heads: heads },
      // y = W x; head by head its query, key and value.
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) =>
          at(t('layers.0.attention.query_key_value.weight'), head * 3 * size + 2 * size + j, k),
        );
        return apply(v, width, (k, j) =>
          at(t('layers.0.attention.dense.weight'), j, head * size + k),
        );
      },
    },
    'Llama with one value for all heads': {
      shapes: {
        'model.layers.0.self_attn.v_proj.weight': [size, width],
        'model.layers.0.self_attn.o_proj.weight': [width, width],
        ...mlp(
          [24, width],
          [width, 24],
          ['model.layers.0.mlp.up_proj.weight', 'model.layers.0.mlp.down_proj.weight'],
        ),
      },
      config: { num_attention_heads: heads },
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) => at(t('model.layers.0.self_attn.v_proj.weight'), j, k));
        return apply(v, width, (k, j) =>
          at(t('model.layers.0.self_attn.o_proj.weight'), j, head * size + k),
        );
      },
    },
    TransformerLens: {
      shapes: {
        'blocks.0.attn.W_V': [heads, width, size],
        'blocks.0.attn.W_O': [heads, size, width],
        ...mlp([width, 24], [24, width], ['blocks.0.mlp.W_in', 'blocks.0.mlp.W_out']),
      },
      config: {},
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) => at(t('blocks.0.attn.W_V'), head, k, j));
        return apply(v, width, (k, j) => at(t('blocks.0.attn.W_O'), head, k, j));
      },
    },
  };

  it.each(Object.entries(models))('%s', async (_, { shapes, move, config }) => {
    const tensors = randomTensors(shapes, 7);
    const found = find(shapes, { config }).filter(({ preset }) => preset === 'attention-ov');
    expect(found.map(({ head }) => head)).toEqual([undefined, 0, 1]);
    const [all, ...each] = await gatherAll(found, tensors);
    for (let i = 0; i < width; i++) {
      const x = Array.from({ length: width }, (_unused, k) => (k === i ? 1 : 0));
      const moved = each.map((_head, h) => move((name) => tensors.get(name)!, x, h));
      for (let d = 0; d < width; d++) {
        const sum = moved.reduce((total, one) => total + one[d], 0);
        // Sums of at most 6 x 3 products of numbers of a few units.
        expect(all.data[i * width + d]).toBeCloseTo(sum, 12);
        each.forEach((one, h) => expect(one.data[i * width + d]).toBeCloseTo(moved[h][d], 12));
      }
    }
  });
});
