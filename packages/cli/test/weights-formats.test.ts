import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { openWeights } from '@polysem/io/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysemMany, scratch } from './polysem.ts';
import { byDefinition, DIMS, parsed, rowsOf, tensors, writeModel } from './weights-files.ts';

const FIXTURES = fileURLToPath(new URL('../../io/test/fixtures/', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = scratch();
  writeModel(folder);
  mkdirSync(join(folder, 'shards'));
  const map: Record<string, string> = {};
  tensors.forEach((tensor, i) => {
    const shard = `part-${i % 2}.safetensors`;
    map[tensor.name] = shard;
    writeFileSync(
      join(folder, 'shards', shard),
      encodeSafetensors(tensors.filter((_, k) => k % 2 === i % 2)),
    );
  });
  const index = { weight_map: map, metadata: { total_size: 1 } };
  writeFileSync(join(folder, 'shards/model.safetensors.index.json'), JSON.stringify(index));
  for (const [name, file] of [
    ['torch', 'pytorch_model.bin'],
    ['gguf', 'm.gguf'],
    ['onnx', 'model.onnx'],
  ] as const) {
    mkdirSync(join(folder, name));
    const from = { torch: 'torch.pt', gguf: 'little-endian.gguf', onnx: 'plain.onnx' }[name];
    copyFileSync(join(FIXTURES, from), join(folder, name, file));
  }
});

describe('polysem measure, format by format', () => {
  it('measures the weights of each format', async () => {
    const fixture = (name: string) => join(FIXTURES, name);
    const cases: [path: string, tensor: string][] = [
      [fixture('torch.pt'), 'state_dict.encoder.weight'],
      [fixture('little-endian.gguf'), 'Q5_1'],
      [fixture('plain.onnx'), 'bf16'],
      [fixture('external.onnx'), 't'],
      [fixture('deflated.npz'), 'W'],
      [fixture('mixed.safetensors'), 'f16'],
      [join(folder, 'shards/model.safetensors.index.json'), 'h.1.mlp.c_fc.weight'],
      [join(folder, 'shards'), 'h.2.mlp.c_fc.weight'],
      [join(folder, 'torch'), 'state_dict.decoder.weight'],
      [join(folder, 'gguf'), 'f32'],
      [join(folder, 'onnx'), 'f64'],
    ];
    const runs = await polysemMany(
      cases.flatMap(([path, tensor]) =>
        ['rows', 'columns'].map((axis) => [
          'measure',
          path,
          '--tensor',
          tensor,
          '--features',
          axis,
          '--json',
        ]),
      ),
      folder,
    );
    for (const [i, [path, tensor]] of cases.entries()) {
      // oxlint-disable-next-line no-await-in-loop
      const { file, close } = await openWeights(path);
      // oxlint-disable-next-line no-await-in-loop
      const { shape, data } = await file.read(tensor);
      // oxlint-disable-next-line no-await-in-loop
      await close();
      const rows = rowsOf({ shape, data });
      const columns = rows[0].map((_, k) => rows.map((row) => row[k]));
      [rows, columns].forEach((vectors, axis) => {
        const expected = byDefinition(vectors);
        const { capacity } = parsed(runs[2 * i + axis]).perFeature;
        expect(capacity.length).toBe(expected.length);
        capacity.forEach((c, f) => expect(c, `${path} ${tensor}`).toBeCloseTo(expected[f], 5));
      });
    }
  });

  it('finds the configuration in the given folder and next to the index of shards', async () => {
    const beside = join(folder, 'shards');
    writeFileSync(join(beside, 'config.json'), JSON.stringify({ n_embd: DIMS, n_head: 2 }));
    const [whole, index, inside] = await polysemMany(
      ['shards', 'shards/model.safetensors.index.json', 'shards/part-1.safetensors'].map((path) => [
        'measure',
        path,
        '--preset',
        'mlp-in',
        '--layer',
        '0',
      ]),
      folder,
    );
    for (const { stdout } of [whole, index, inside])
      expect(stdout).toContain('d_model = 8, from the configuration');
    const odd = ['{', '[]', 'null', ''];
    odd.forEach((text, i) => {
      mkdirSync(join(folder, `odd-${i}`));
      copyFileSync(join(folder, 'model/model.safetensors'), join(folder, `odd-${i}/a.safetensors`));
      writeFileSync(join(folder, `odd-${i}/config.json`), text);
    });
    const runs = await polysemMany(
      odd.map((_, i) => ['measure', `odd-${i}`, '--list']),
      folder,
    );
    // A file that is no configuration is named in one line, and does not end the run.
    for (const run of runs) {
      expect(run.code).toBe(0);
      expect(run.stderr).toMatch(/^(?:[^\n]*config\.json[^\n]*\n)?$/);
    }
    expect(runs[0].stderr).toContain('config.json');
  });

  it('fails with one line and writes nothing if a file is damaged or missing', async () => {
    const wrong = join(folder, 'wrong');
    mkdirSync(wrong);
    const names = ['torch.pt', 'little-endian.gguf', 'plain.onnx', 'deflated.npz', 'f8.npy'];
    for (const name of [...names, 'mixed.safetensors']) {
      const bytes = readFileSync(join(FIXTURES, name));
      const [, ending] = name.split('.');
      writeFileSync(join(wrong, `half.${ending}`), bytes.subarray(0, bytes.length >> 1));
      writeFileSync(join(wrong, `end.${ending}`), bytes.subarray(0, bytes.length - 1));
      writeFileSync(
        join(wrong, `noise.${ending}`),
        bytes.map((byte, i) => (i < 99 ? byte : 0xa5)),
      );
      writeFileSync(join(wrong, `empty.${ending}`), '');
    }
    writeFileSync(
      join(wrong, 'bytes'),
      Uint8Array.from({ length: 999 }, (_, i) => (i * i) >> 3),
    );
    writeFileSync(join(wrong, 'a.safetensors.index.json'), '{"weight_map":{"w":"../x","v":"y"}}');
    writeFileSync(join(wrong, 'b.json'), '{"weight_map":{"w":"missing.safetensors"}}');
    writeFileSync(join(wrong, 'c.json'), '{"a":1, "b":2}');
    const late = Float32Array.from({ length: 4000 }, (_, i) => (i === 3999 ? NaN : i % 7));
    writeFileSync(join(wrong, 'late.npy'), encodeNpy({ shape: [1000, 4], data: late }));
    mkdirSync(join(wrong, 'hollow'));
    const before = readdirSync(wrong);
    const out = ['--report', 'out.html', '--per-feature', 'out.parquet', '--features', 'rows'];
    const runs = await polysemMany(
      before.map((name) => ['measure', name, ...out]),
      wrong,
    );
    runs.forEach(({ code, stdout, stderr }, i) => {
      expect([before[i], code, stdout]).toEqual([before[i], 2, '']);
      expect(stderr).toMatch(/^polysem: [^\n]{5,600}\n$/);
      expect(stderr).toContain(before[i]);
    });
    expect(readdirSync(wrong)).toEqual(before);
  });
});
