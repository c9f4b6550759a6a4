import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, normal } from '@polysem/numerics/random';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, polysemJson, scratch } from './polysem.ts';

const WIDTH = 6;
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'wte.weight': [20, WIDTH],
  'wpe.weight': [9, WIDTH],
  'h.0.attn.c_attn.weight': [WIDTH, 3 * WIDTH],
  'h.0.attn.c_proj.weight': [WIDTH, WIDTH],
  'h.0.mlp.c_fc.weight': [WIDTH, 24],
  'h.0.mlp.c_proj.weight': [24, WIDTH],
  'h.1.mlp.c_fc.weight': [WIDTH, 24],
  'h.1.mlp.c_proj.weight': [24, WIDTH],
  'ln_f.weight': [WIDTH],
};

interface Measured {
  features: number;
  dims: number;
  rank: number;
  capacity: { total: number };
  perFeature: { capacity: number[]; label?: string[] };
  configuration: Record<string, unknown>;
}

interface Listed {
  features: { preset: string; layer: number | null; head?: number }[];
  tensors: { name: string; readable: boolean }[];
  readings: { tensor: string; axis: string }[];
}

let folder: string;

beforeAll(() => {
  folder = scratch();
  const g = generator(5);
  const random = (shapes: Readonly<Record<string, readonly number[]>>) =>
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return { name, shape, data: Float64Array.from({ length }, () => normal(g)) };
    });
  writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors(random(SHAPES)));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ n_embd: WIDTH, n_head: 2 }));
  mkdirSync(join(folder, 'sae'));
  const sae = { W_enc: [WIDTH, 16], W_dec: [16, WIDTH], b_enc: [16], b_dec: [WIDTH] };
  writeFileSync(join(folder, 'sae/sae_weights.safetensors'), encodeSafetensors(random(sae)));
  const vocabulary = Object.fromEntries(
    Array.from({ length: 18 }, (_, i) => [i === 0 ? 'Ġthe' : `t${i}`, i]),
  );
  writeFileSync(join(folder, 'vocab.json'), JSON.stringify(vocabulary));
  writeFileSync(
    join(folder, 'names.csv'),
    `id,name\n${Array.from({ length: 20 }, (_, i) => `${i},"row, ${i}"`).join('\n')}\n`,
  );
  const [w] = random({ w: [5, 3] });
  writeFileSync(join(folder, 'other.npy'), encodeNpy(w));
});

describe('polysem measure --list', () => {
  it('prints known matrices with the flags that measure them, then all tensors', () => {
    const { code, stdout } = polysem(['measure', 'model.safetensors', '--list'], folder);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toContain('known features, and the flags that measure them');
    expect(lines.find((line) => line.includes('mlp-in'))).toMatch(
      /^--preset mlp-in --layer 0, 1 +24 +6 +columns of h\.0\.mlp\.c_fc\.weight +GPT-2$/,
    );
    expect(stdout).toContain('tied to the token-embedding');
    expect(stdout.indexOf('all tensors')).toBeGreaterThan(stdout.indexOf('attention-ov'));
    expect(stdout).toMatch(/ln_f\.weight +F64 +6 +yes/);
  });

  it('prints one object with --json', () => {
    const listed = polysemJson<Listed>(['measure', 'model.safetensors', '--list'], folder);
    expect(new Set(listed.features.map(({ preset }) => preset))).toEqual(
      new Set([
        'token-embedding',
        'unembedding',
        'position-embedding',
        'mlp-in',
        'mlp-out',
        'attention-ov',
      ]),
    );
    expect(listed.features.filter(({ head }) => head !== undefined).length).toBe(2);
    expect(listed.tensors.length).toBe(Object.keys(SHAPES).length);
  });

  it('lists both axes for matrices of an unknown layout', () => {
    const { stdout } = polysem(['measure', 'other.npy', '--list'], folder);
    expect(stdout).toContain('no known layout');
    expect(stdout).toMatch(
      /--tensor other --features rows +5 +3\n--tensor other --features columns +3 +5\n/,
    );
  });
});

describe('polysem measure --preset', () => {
  it('measures the same as --tensor and --features, and explains its choice', () => {
    const words = ['measure', 'model.safetensors'];
    const chosen = polysemJson<Measured>([...words, '--preset', 'mlp-in', '--layer', '1'], folder);
    const told = polysemJson<Measured>(
      [...words, '--tensor', 'h.1.mlp.c_fc.weight', '--features', 'columns'],
      folder,
    );
    expect(chosen.perFeature.capacity).toEqual(told.perFeature.capacity);
    expect(chosen.configuration).toMatchObject({
      tensor: 'h.1.mlp.c_fc.weight',
      features: 'columns',
      preset: 'mlp-in',
      layer: 1,
    });
    const { stdout } = polysem([...words, '--preset', 'mlp-in', '--layer', '1'], folder);
    expect(stdout).toContain(
      'took columns of h.1.mlp.c_fc.weight: GPT-2 counts them along its columns',
    );
    // The layout also gives the axis of a tensor chosen by name.
    const named = polysemJson<Measured>([...words, '--tensor', 'h.1.mlp.c_fc.weight'], folder);
    expect(named.features).toBe(24);
  });

  it('measures products of attention matrices, for all heads and for one', () => {
    const words = ['measure', 'model.safetensors', '--preset', 'attention-ov'];
    const all = polysemJson<Measured>(words, folder);
    const one = polysemJson<Measured>([...words, '--head', '1'], folder);
    expect([all.features, all.dims, all.rank]).toEqual([6, 6, 6]);
    expect([one.features, one.dims, one.rank]).toEqual([6, 6, 3]);
  });

  it('folds decoder norms by default', () => {
    const words = ['measure', 'sae/sae_weights.safetensors', '--preset', 'sae-encoder'];
    const folded = polysemJson<Measured>(words, folder);
    const stored = polysemJson<Measured>([...words, '--no-fold'], folder);
    const told = polysemJson<Measured>(
      ['measure', 'sae/sae_weights.safetensors', '--tensor', 'W_enc', '--features', 'columns'],
      folder,
    );
    expect(stored.perFeature.capacity).toEqual(told.perFeature.capacity);
    expect(folded.perFeature.capacity).not.toEqual(told.perFeature.capacity);
    expect(polysem(words, folder).stdout).toContain(
      'folded: each vector times the norm of its decoder vector (W_dec)',
    );
  });

  it.each([
    ['--preset mlp_in --layer 0', '--preset: no preset "mlp_in"; the closest are mlp-in,'],
    [
      '--preset sae-decoder',
      'model.safetensors: --preset sae-decoder: not found by any layout; the file has token-embedding,',
    ],
    [
      '--preset mlp-in',
      'model.safetensors: --preset mlp-in: 2 match; choose one with --layer: 0, 1',
    ],
    [
      '--preset mlp-in --layer 7',
      'model.safetensors: --layer 7: no such layer of mlp-in; it has 0, 1',
    ],
    ['--preset mlp-in --layer x', '--layer: expected a number, got "x"'],
    [
      '--preset attention-ov --head 2',
      'model.safetensors: --head 2: no such head of attention-ov; it has 0, 1',
    ],
    ['--preset mlp-in --layer 0 --head 1', 'no such head of mlp-in; it has no known heads'],
    ['--preset mlp-in --features rows', '--features: a preset determines its axis'],
    [
      '--preset token-embedding --tensor wpe.weight',
      'is not a token-embedding; the closest are wte.weight',
    ],
    ['--layer 0', '--layer: requires --preset; give one'],
    ['--tensor wte.weigth', 'has no tensor "wte.weigth"; it holds'],
    ['--index 0 --tensor wte.weight', '--index: "wte.weight" of model.safetensors is not a stack'],
    ['', 'choose one with --preset: token-embedding,'],
    ['--preset token-embedding --labels nope.txt', '--labels: nope.txt: no such file'],
    [
      '--preset position-embedding --labels vocab.json',
      '--labels: vocab.json has 18 labels, but there are 9 features',
    ],
    [
      '--preset token-embedding --labels names.csv:token',
      'names.csv: has no column "token"; it has "id", "name"',
    ],
  ])('%s ends in one line', async (flags, message) => {
    const run = await polysemInTurn(
      ['measure', 'model.safetensors', ...flags.split(' ').filter(Boolean)],
      folder,
    );
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(run.stderr.trimEnd().split('\n').length).toBe(1);
  });
});

describe('polysem measure --labels', () => {
  it('names features in the text, the CSV and the JSON', () => {
    const words = ['measure', 'model.safetensors', '--preset', 'token-embedding', '--labels'];
    const run = polysem([...words, 'vocab.json', '--per-feature', 'each.csv'], folder);
    expect(run.stderr).toContain('--labels: the last 2 of 20 features have no label');
    expect(run.stdout).toMatch(/least capacity +\S+ 0\.\d+, /);
    const lines = readFileSync(join(folder, 'each.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^feature,label,capacity,leverage,squaredNorm,interference,participation/,
    );
    expect(lines[1]).toMatch(/^0,␣the,/);
    const named = polysemJson<Measured>([...words, 'names.csv:name'], folder);
    expect(named.perFeature.label?.[19]).toBe('row, 19');
    // Output of one run can name the features of the next.
    polysem([...words, 'names.csv:name', '--per-feature', 'each.parquet'], folder);
    const again = polysemJson<Measured>([...words, 'each.parquet'], folder);
    expect(again.perFeature.label).toEqual(named.perFeature.label);
  });

  it('accepts a column of a Parquet file with any compression', () => {
    const words = ['measure', 'other.npy', '--features', 'rows', '--labels'];
    const fixture = fileURLToPath(
      new URL('../../io/test/fixtures/coded-brotli.parquet', import.meta.url),
    );
    const { code, stderr } = polysem([...words, `${fixture}:token`], folder);
    expect(code).toBe(2);
    expect(stderr).toContain('has 40 labels, but there are 5 features');
  });
});
