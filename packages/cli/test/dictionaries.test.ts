import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { embedding } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import { encodeSafetensors } from '@polysem/io';
import { generator, normal } from '@polysem/numerics/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, polysemJson, scratch } from './polysem.ts';

const N = 12;
const D = 4;
let folder: string;

/** Writes tensors of these shapes, filled with normal numbers, and returns their values. */
function write(path: string, shapes: Record<string, number[]>): Record<string, Float32Array> {
  const g = generator(path.length);
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return { name, shape, data: Float32Array.from({ length }, () => normal(g)) };
  });
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), encodeSafetensors(tensors));
  return Object.fromEntries(tensors.map(({ name, data }) => [name, data]));
}

beforeAll(() => {
  folder = scratch();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const QUIET = ['--no-coherence', '--threads', '1', '--json'];

interface Measured {
  readonly matrix: string;
  readonly efficiency: number;
  readonly perFeature: {
    readonly capacity: number[];
    readonly squaredNorm: number[];
    readonly relativeNorm?: number[][];
  };
}

describe('dictionaries on the command line', () => {
  it('measures the decoder of OpenMOSS, and knows no token embedding in it', () => {
    const { W_D } = write('openmoss.safetensors', {
      W_E: [D, N],
      b_E: [N],
      W_D: [N, D],
      b_D: [D],
    });
    const run = polysem(['measure', 'openmoss.safetensors', '--preset', 'token-embedding'], folder);
    expect(run.stderr).toContain('the file has sae-encoder, sae-decoder');
    const words = ['measure', 'openmoss.safetensors', '--preset', 'sae-decoder', '--no-fold'];
    const { perFeature } = polysemJson<Measured>([...words, ...QUIET], folder);
    const { capacity } = measureCapacity(embedding(D, N, Float64Array.from(W_D)));
    perFeature.capacity.forEach((c, i) => expect(c).toBeCloseTo(capacity[i], 5));
  });

  it('measures the decoder of a dictionary if nothing is chosen, and says so', async () => {
    write('sae.safetensors', { W_enc: [D, N], b_enc: [N], W_dec: [N, D], b_dec: [D] });
    const json = async (
      ...words: string[]
    ): Promise<Measured & { configuration: { notes: string[] } }> =>
      JSON.parse(
        (await polysemInTurn(['measure', 'sae.safetensors', ...words, ...QUIET], folder)).stdout,
      ) as never;
    const [chosen, named] = [await json(), await json('--preset', 'sae-decoder')];
    expect(chosen.perFeature).toEqual(named.perFeature);
    expect(chosen.configuration.notes.at(-1)).toBe(
      'the decoder, because nothing else was chosen; --preset sae-encoder measures the encoder',
    );
    expect((await json('--no-fold')).perFeature.squaredNorm).not.toEqual(
      chosen.perFeature.squaredNorm,
    );
  });

  it('asks which part of a crosscoder, and measures one or all', () => {
    const { W_dec } = write('crosscoder.safetensors', {
      W_enc: [2, D, N],
      W_dec: [N, 2, D],
      b_enc: [N],
      b_dec: [2, D],
    });
    const words = ['measure', 'crosscoder.safetensors', '--preset', 'crosscoder-decoder'];
    expect(polysem(words, folder).stderr).toContain('choose one with --part: 0, 1, concatenated');
    const whole = polysemJson<Measured>([...words, '--part', 'concatenated', ...QUIET], folder);
    whole.perFeature.squaredNorm.forEach((square) => expect(square).toBeCloseTo(1, 5));
    // The norms of the parts add up to that of the whole, so that the share of each model is kept.
    const part = polysemJson<Measured>([...words, '--part', '1', ...QUIET], folder);
    part.perFeature.squaredNorm.forEach((square, i) => {
      const of = W_dec.subarray(2 * i * D, 2 * (i + 1) * D).map((x) => x * x);
      const second = of.subarray(D).reduce((a, b) => a + b);
      expect(square).toBeCloseTo(second / of.reduce((a, b) => a + b), 5);
    });
  });

  it('takes neither a latent for a matrix of a stack nor a bias for the matrix', () => {
    write('stack.safetensors', { W_dec_1: [N, 2, D] });
    for (const flags of [[], ['--index', '3'], ['--tensor', 'W_dec_1', '--index', '3']])
      expect(polysem(['measure', 'stack.safetensors', ...flags], folder).stderr).toBe(
        'polysem: stack.safetensors: "W_dec_1" has one matrix per target layer; choose one with --preset transcoder-decoder --layer 1 --part 1, 2, sum, concatenated\n',
      );
    write('bias.safetensors', { W_enc: [2, D, N], W_dec: [N, 2, D], b_enc: [N], b_dec: [2, D] });
    expect(polysem(['measure', 'bias.safetensors'], folder).stderr).toContain(
      'holds 2 matrices; choose one with --preset: crosscoder-encoder, crosscoder-decoder',
    );
  });

  it('adds the decoders of a cross-layer transcoder', () => {
    const { W_dec_1 } = write('W_dec_1.safetensors', { W_dec_1: [N, 2, D] });
    const words = ['measure', 'W_dec_1.safetensors', '--preset', 'transcoder-decoder'];
    const sum = Float64Array.from({ length: N * D }, (_, at) => {
      const [i, d] = [Math.floor(at / D), at % D];
      return W_dec_1[2 * i * D + d] + W_dec_1[(2 * i + 1) * D + d];
    });
    const { capacity } = measureCapacity(embedding(D, N, sum));
    const measured = polysemJson<Measured>(
      [...words, '--part', 'sum', '--no-fold', ...QUIET],
      folder,
    );
    measured.perFeature.capacity.forEach((c, i) => expect(c).toBeCloseTo(capacity[i], 5));
    const listed = polysem(['measure', 'W_dec_1.safetensors', '--list'], folder).stdout;
    expect(listed).toContain(
      '--preset transcoder-decoder --layer 1 --part 1, 2, sum, concatenated',
    );
  });

  it('writes the relative norm of each part of a crosscoder', () => {
    const { W_dec } = write('relative.safetensors', { W_dec: [N, 2, D], b_dec: [2, D] });
    const words = ['measure', 'relative.safetensors', '--preset', 'crosscoder-decoder'];
    const out = ['--part', 'concatenated', '--per-feature', 'relative.csv'];
    const { perFeature } = polysemJson<Measured>([...words, ...out, ...QUIET], folder);
    const norm = (at: number) => Math.hypot(...W_dec.subarray(at * D, (at + 1) * D));
    const expected = norm(3) / (norm(2) + norm(3));
    expect(perFeature.relativeNorm?.[1][1]).toBeCloseTo(expected, 6);
    expect(readFileSync(join(folder, 'relative.csv'), 'utf8')).toMatch(
      /participation,relativeNorm0,relativeNorm1/,
    );
  });

  it('measures a crosscoder of models and layers: one of both, or several concatenated', () => {
    const { W_dec_HMLD } = write('layers.safetensors', {
      W_enc_MLDH: [2, 3, D, N],
      W_dec_HMLD: [N, 2, 3, D],
      b_enc_H: [N],
      b_dec_MLD: [2, 3, D],
    });
    const words = ['measure', 'layers.safetensors', '--preset', 'crosscoder-decoder'];
    expect(polysem(words, folder).stderr).toContain(
      'choose one with --part: 0/0, 0/1, 0/2, 1/0, 1/1, 1/2, 0/all, 1/all, all/0, all/1, all/2, concatenated',
    );
    const stack = ['measure', 'layers.safetensors', '--tensor', 'W_dec_HMLD', '--index', '0'];
    expect(polysem(stack, folder).stderr).toContain('has one matrix per model and hook point');
    const norm = (i: number, model: number) => {
      const at = (i * 6 + model * 3 + 2) * D;
      return Math.hypot(...W_dec_HMLD.subarray(at, at + D));
    };
    for (const [part, squares] of [
      ['1/2', (i: number) => norm(i, 1) ** 2],
      ['all/2', (i: number) => norm(i, 0) ** 2 + norm(i, 1) ** 2],
    ] as const) {
      const flags = ['--part', part, '--no-fold', ...QUIET];
      const { perFeature } = polysemJson<Measured>([...words, ...flags], folder);
      perFeature.squaredNorm.forEach((square, i) => expect(square).toBeCloseTo(squares(i), 4));
      // Models are compared at the layer that was chosen.
      expect(Object.keys(perFeature.relativeNorm ?? {})).toEqual(['0/2', '1/2']);
    }
  });

  it('draws the relative norms of a crosscoder of two models into the report', () => {
    write('drawn.safetensors', { W_dec: [N, 2, D], b_dec: [2, D] });
    const words = ['measure', 'drawn.safetensors', '--preset', 'crosscoder-decoder'];
    const out = ['--part', 'concatenated', '--report', 'drawn.html', ...QUIET];
    const { perFeature } = polysemJson<Measured>([...words, ...out], folder);
    const page = readFileSync(join(folder, 'drawn.html'), 'utf8');
    expect(page).toContain('relative decoder norm of model 1');
    const second = perFeature.relativeNorm?.[1];
    const shared = second?.filter((norm) => norm >= 0.4 && norm <= 0.6).length;
    expect(page).toContain(
      `Norm of the decoder vector for model 1, divided by the sum of the norms for model 0 and model 1. Of ${N} latents, `,
    );
    expect(page).toContain(`shared (0.4 to 0.6): ${shared};`);
    expect(page).toMatch(/>only model 0<.*>shared<.*>only model 1</s);
  });

  it('lists folders of hook points and of layers, with the configurations in and above them', () => {
    const sae = { 'encoder.weight': [N, D], 'encoder.bias': [N], W_dec: [N, D], b_dec: [D] };
    write('points/layers.3/sae.safetensors', sae);
    write('points/layers.10/sae.safetensors', sae);
    const listed = polysem(['measure', 'points', '--list'], folder);
    expect(listed.stdout).toContain('--preset sae-decoder --layer 3, 10');
    const words = ['measure', 'points', '--preset', 'sae-decoder', '--layer', '10', ...QUIET];
    expect(polysemJson<Measured>(words, folder).matrix).toBe(
      'sae-decoder of layer 10 (layers.10/sae.W_dec)',
    );

    const linear = { 'encoder.weight': [N, D], 'decoder.weight': [D, N], 'decoder.bias': [D] };
    write('scope/checkpoints/final.safetensors', linear);
    const config = { d_model: D, d_sae: N, hook_point_in: 'blocks.9.hook_resid_post' };
    writeFileSync(join(folder, 'scope/hyperparams.json'), JSON.stringify(config));
    for (const path of ['scope', 'scope/checkpoints', 'scope/checkpoints/final.safetensors'])
      expect(polysem(['measure', path, '--list'], folder).stdout).toContain(
        '--preset sae-decoder --layer 9 ',
      );
  });

  it('folds a cross-layer transcoder whose two files are in one folder', () => {
    write('clt/W_enc_0.safetensors', { W_enc_0: [N, D], b_enc_0: [N], b_dec_0: [D] });
    const { W_dec_0 } = write('clt/W_dec_0.safetensors', { W_dec_0: [N, 2, D] });
    const words = ['measure', 'clt', '--preset', 'transcoder-encoder', ...QUIET];
    const folded = polysemJson<Measured>(words, folder).perFeature.squaredNorm;
    const stored = polysemJson<Measured>([...words, '--no-fold'], folder).perFeature.squaredNorm;
    const alone = ['measure', 'clt/W_enc_0.safetensors', '--preset', 'transcoder-encoder'];
    expect(polysem(alone, folder).stdout).toContain('vectors as stored: the decoder, whose norms');
    const square = W_dec_0.subarray(0, 2 * D).reduce((sum, x) => sum + x * x, 0);
    expect(folded[0] / stored[0]).toBeCloseTo(square, 4);
  });

  it('leaves TopK latents unfolded unless the configuration includes norms', () => {
    const shapes = { W_enc: [D, N], W_dec: [N, D], b_enc: [N], b_dec: [D] };
    write('topk/sae_weights.safetensors', shapes);
    const words = ['measure', 'topk', '--preset', 'sae-decoder'];
    const config = join(folder, 'topk/cfg.json');
    writeFileSync(config, JSON.stringify({ architecture: 'topk', k: 4, d_in: D, d_sae: N }));
    expect(polysem(words, folder).stdout).toContain('vectors as stored: TopK selects latents');
    writeFileSync(
      config,
      JSON.stringify({ architecture: 'topk', k: 4, rescale_acts_by_decoder_norm: true }),
    );
    expect(polysem(words, folder).stdout).toContain('folded: each vector divided by its own norm');
  });
});
