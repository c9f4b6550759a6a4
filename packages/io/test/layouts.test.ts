import { bothReadings, findFeatures, tensorsOf, type FeatureHints } from '@polysem/io/layouts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entries, find, gatherAll, lines, randomTensors, type Shapes } from './layout-files.ts';
import { transformerFiles } from './transformer-files.ts';

const D = 8;
const V = 50;
const F = 32;

describe('layouts of transformers', () => {
  it.each(Object.entries(transformerFiles))('%s', (_, { shapes, expected, hints }) => {
    expect(lines(shapes, hints)).toEqual(expected);
  });

  it.each([
    ['GPT-2', 'GPT-2, Conv1D and tied'],
    ['GPT-Neo', 'GPT-Neo, torch linear layers and tied'],
  ])('are not mixed: %s, some of whose names are those of others', (name, file) => {
    const { shapes } = transformerFiles[file];
    expect(new Set(find(shapes).map(({ layout }) => layout))).toEqual(new Set([name]));
  });

  it('tie the unembedding unless the configuration says otherwise or the file has one', () => {
    const unembeddings = (shapes: Shapes, config: Record<string, unknown> | null) =>
      lines(shapes, { config }).filter((line) => line.startsWith('unembedding'));
    const { shapes } = transformerFiles['GPT-2, Conv1D and tied'];
    const tied = 'unembedding -: rows, 50 x 8, tied';
    expect(unembeddings(shapes, null)).toEqual([tied]);
    expect(unembeddings(shapes, { tie_word_embeddings: true })).toEqual([tied]);
    expect(unembeddings(shapes, { tie_word_embeddings: false })).toEqual([]);
    const own = { ...shapes, 'lm_head.weight': [V, D] };
    expect(unembeddings(own, { tie_word_embeddings: true })).toEqual([
      'unembedding -: rows, 50 x 8',
    ]);
  });

  it('know the gate of TransformerLens', () => {
    const shapes = {
      'embed.W_E': [V, D],
      'blocks.0.mlp.W_in': [D, F],
      'blocks.0.mlp.W_gate': [D, F],
    };
    expect(lines(shapes)).toContain('mlp-gate 0: columns, 32 x 8');
  });

  it('reads the gate of Phi-3 from the first rows and the input from the last', async () => {
    const { shapes, hints } =
      transformerFiles['Phi-3, gate and input stored as one, and tied by its configuration'];
    const tensors = randomTensors(shapes, 1);
    const found = find(shapes, hints).filter(({ tensor }) => tensor?.includes('gate_up'));
    const read = await gatherAll(found, tensors);
    const { data } = tensors.get('model.layers.0.mlp.gate_up_proj.weight')!;
    expect(found.map(({ preset }) => preset)).toEqual(['mlp-in', 'mlp-gate']);
    expect(read.map((each) => each.data)).toEqual([data.slice(F * D), data.slice(0, F * D)]);
  });

  it('says so where the shape cannot tell', () => {
    const square = {
      'model.embed_tokens.weight': [V, D],
      'model.layers.0.mlp.up_proj.weight': [D, D],
    };
    expect(find(square).find(({ preset }) => preset === 'mlp-in')?.doubt).toContain('square');
    const alone = {
      'model.layers.0.self_attn.v_proj.weight': [D, D],
      'model.layers.0.self_attn.o_proj.weight': [D, D],
      'model.embed_tokens.weight': [V, D],
    };
    expect(find(alone).find(({ preset }) => preset === 'attention-ov')?.doubt).toContain('square');
  });

  it.each([
    ['stored as the layout says', [F, D], [D, F], 'rows', 'stored this way'],
    ['transposed', [D, F], [F, D], 'columns', 'transposed'],
  ])('turns square layers as the others of the file are: %s', (_, up, down, axis, why) => {
    const found = find({
      'model.embed_tokens.weight': [V, D],
      'model.layers.0.mlp.up_proj.weight': up,
      'model.layers.0.mlp.down_proj.weight': down,
      'model.layers.1.mlp.up_proj.weight': [D, D],
    }).find(({ preset, layer }) => preset === 'mlp-in' && layer === 1);
    expect(found).toMatchObject({ axis, features: D, dims: D });
    expect(found?.why).toContain(`square, and the other linear layers of the file are ${why}`);
    expect(found?.doubt).toBeUndefined();
  });

  const llama = 'model.layers.0.self_attn.';
  const common = { 'model.embed_tokens.weight': [V, D], 'blocks.0.mlp.W_in': [D, F] };
  it.each<[string, Shapes, FeatureHints, string]>([
    [
      'widths that differ',
      { [`${llama}v_proj.weight`]: [D + 1, D + 2], [`${llama}o_proj.weight`]: [D, D] },
      {},
      'has no axis of size d_model = 8',
    ],
    [
      'heads that do not divide',
      { [`${llama}v_proj.weight`]: [D, D], [`${llama}o_proj.weight`]: [D, D] },
      { config: { hidden_size: D, num_attention_heads: 3 } },
      '3 heads do not divide the 8 vectors of model.layers.0.self_attn.o_proj.weight',
    ],
    [
      'values that do not divide the outputs',
      { [`${llama}v_proj.weight`]: [3, D], [`${llama}o_proj.weight`]: [D, D] },
      { config: { hidden_size: D, num_attention_heads: 4 } },
      'v_proj.weight and model.layers.0.self_attn.o_proj.weight do not fit',
    ],
    [
      'shared values, and no number of heads',
      { [`${llama}v_proj.weight`]: [4, D], [`${llama}o_proj.weight`]: [D, D] },
      {},
      'heads share values, and the number of heads is unknown; add config.json',
    ],
    [
      'values that heads cannot share',
      { [`${llama}v_proj.weight`]: [2, D], [`${llama}o_proj.weight`]: [D, D] },
      { config: { hidden_size: D, num_attention_heads: 2 } },
      '2 heads cannot share 2 value vectors',
    ],
    [
      'a fused matrix that does not hold three equal parts',
      {
        'gpt_neox.embed_in.weight': [V, D],
        'gpt_neox.layers.0.mlp.dense_h_to_4h.weight': [F, D],
        'gpt_neox.layers.0.mlp.dense_4h_to_h.weight': [D, F],
        'gpt_neox.layers.0.attention.query_key_value.weight': [2 * D, D],
        'gpt_neox.layers.0.attention.dense.weight': [D, D],
      },
      { config: { hidden_size: D, num_attention_heads: 2 } },
      'does not hold as many queries and keys as values',
    ],
    [
      'stacks of other heads',
      { 'blocks.0.attn.W_V': [3, D, 4], 'blocks.0.attn.W_O': [2, 4, D] },
      {},
      'the shapes of blocks.0.attn.W_V and blocks.0.attn.W_O do not fit',
    ],
  ])('leaves out the attention of %s', (_, shapes, hints, note) => {
    const { features, notes } = findFeatures(entries({ ...common, ...shapes }), hints);
    expect(features.filter(({ preset }) => preset === 'attention-ov')).toEqual([]);
    expect(notes.join()).toContain('attention-ov is left out: ');
    expect(notes.join()).toContain(note);
  });

  it('says what it cannot find out', () => {
    const { shapes } = transformerFiles['GPT-NeoX and Pythia'];
    const found = findFeatures(entries(shapes));
    expect(found.features.some(({ preset }) => preset === 'attention-ov')).toBe(false);
    expect(found.notes.join()).toContain('number of heads is unknown');
  });

  it('knows nothing of an unknown checkpoint, and reads its matrices both ways', () => {
    const shapes = { 'stage1.kernel': [3, 5], 'stage1.bias': [5] };
    expect(find(shapes)).toEqual([]);
    expect(bothReadings(entries(shapes))).toEqual([
      { tensor: 'stage1.kernel', axis: 'rows', features: 3, dims: 5 },
      { tensor: 'stage1.kernel', axis: 'columns', features: 5, dims: 3 },
    ]);
  });

  it('takes no convolution of one dimension for a linear layer', () => {
    // The output of silero-vad's JIT model, and a feed-forward block of convolutions over time.
    expect(find({ 'output.weight': [1, 128, 1], 'output.bias': [1] })).toEqual([]);
    expect(find({ 'output.weight': [V, D, 1] })).toEqual([]);
    const kernels = { 'layers.0.fc1.weight': [F, D, 9], 'layers.0.fc2.weight': [D, F, 1] };
    const biases = { 'layers.0.fc1.bias': [F], 'layers.0.fc2.bias': [D] };
    expect(find({ ...kernels, ...biases })).toEqual([]);
    // A stack of experts has a bias per expert, and position embeddings have a first axis of 1.
    const experts = { 'blk.0.ffn_up_exps.weight': [2, F, D], 'blk.0.ffn_up_exps.bias': [2, F] };
    expect(find({ ...experts, pos_embed: [1, 16, D] }).map(({ preset }) => preset)).toEqual([
      'position-embedding',
      'mlp-in',
      'mlp-in',
    ]);
  });

  it('takes no stack of more matrices than models have', () => {
    const size = 2 ** 30;
    expect(find({ 'blk.0.ffn_up_exps.weight': [size, F, D] })).toEqual([]);
    const attention = { 'blocks.0.attn.W_V': [size, D, 1], 'blocks.0.attn.W_O': [size, 1, D] };
    expect(find({ 'embed.W_E': [V, D], ...attention }).length).toBe(1);
  });

  it('survives any names and shapes', () => {
    const names = [
      ...Object.values(transformerFiles).flatMap(({ shapes }) => Object.keys(shapes)),
      'W_enc',
      'W_dec',
      'b_enc',
      'encoder.weight',
      'decoder.weight',
      'W',
      '',
    ];
    const shape = fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 4 });
    const file = fc.dictionary(fc.constantFrom(...names), shape, { maxKeys: 12 });
    const config = fc.dictionary(
      fc.constantFrom('hidden_size', 'num_attention_heads', 'd_sae', 'd_in', 'text_config'),
      fc.oneof(fc.integer({ min: -2, max: 24 }), fc.constant(null), fc.constant('8')),
    );
    fc.assert(
      fc.property(file, config, (shapes, told) => {
        const byName = new Map(Object.entries(shapes));
        for (const matrix of find(shapes, { config: told })) {
          expect(matrix.features * matrix.dims).toBeGreaterThan(0);
          for (const name of tensorsOf(matrix)) expect(byName.has(name)).toBe(true);
        }
      }),
    );
  });
});
