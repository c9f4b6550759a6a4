import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { expect, it } from 'vitest';
import { crc32 } from '../../io/src/bytes/crc32.ts';
import {
  concat,
  fixtureBytes,
  npyOf,
  rawNpy,
  rawSafetensors,
  rawZip,
} from '../../io/test/helpers.ts';
import { polysemMany, scratch } from './polysem.ts';

const HUGE = 2 ** 52;

/** A zip file with one member that inflates to a megabyte. */
function bomb(name: string, content: Uint8Array): Uint8Array {
  const stored = new Uint8Array(deflateRawSync(content, { level: 9 }));
  const claim = { method: 8, size: content.length, crc: crc32(content) };
  return rawZip({ name, content: stored, claim });
}

const u64 = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const gguf = (...parts: Uint8Array[]): Uint8Array =>
  concat('GGUF', u32(3), ...parts, new Uint8Array(900));
/** A length larger than any file, as a protobuf varint. */
const ENDLESS = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f);

/** The most harmful known file of each format. */
const HOSTILE: Readonly<Record<string, Uint8Array>> = {
  'claim.npy': npyOf("'<f8'", `(${HUGE}, 1)`, 900),
  'nested.npy': rawNpy('('.repeat(900)),
  'text.npz': bomb('W.npy', rawNpy(`{${' '.repeat(60_000)}}`, new Uint8Array(8e5))),
  'line.npz': bomb(
    'W.npy',
    rawNpy("{'descr': '<i8', 'fortran_order': False, 'shape': (112500,)}", new Uint8Array(9e5)),
  ),
  'claim.safetensors': rawSafetensors(
    { W: { dtype: 'F8_E4M3', shape: [HUGE, 1], data_offsets: [0, HUGE] } },
    900,
  ),
  'many.json': concat(
    JSON.stringify({
      weight_map: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, `s${i}`])),
    }),
  ),
  'pickle.pt': bomb('archive/data.pkl', new Uint8Array(9e5).fill(0x7d)),
  'marks.pt': rawZip({ name: 'archive/data.pkl', content: new Uint8Array(900).fill(0x28) }),
  'claim.pt': rawZip({
    name: 'archive/data.pkl',
    content: concat(Uint8Array.of(0x80, 2, 0x58), u32(0xffff_ffff), new Uint8Array(800)),
    claim: { size: 4_000_000_000 },
  }),
  'tensors.gguf': gguf(u64(2 ** 50), u64(0)),
  'values.gguf': gguf(u64(1), u64(2 ** 50)),
  // A value with a one-letter name that claims to be a list of 2^48 bytes.
  'list.gguf': gguf(u64(0), u64(1), u64(1), concat('a'), u32(9), u32(0), u64(2 ** 48)),
  'claim.onnx': concat(Uint8Array.of(8, 8, 0x3a), ENDLESS, new Uint8Array(900)),
  // 130 empty initialisers that each claim to have 2^41 elements.
  'dims.onnx': concat(
    Uint8Array.of(8, 8, 0x3a, 0x92, 0x07),
    ...Array.from({ length: 91 }, () =>
      Uint8Array.of(0x2a, 8, 8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0x10),
    ),
    new Uint8Array(4),
  ),
  'wide.csv': concat(`${','.repeat(900)}\n`),
};

/** Megabytes of V8's heap; it ends a process that needs more. The program itself takes about half of them. */
const HEAP = ['--max-old-space-size=24', '--max-semi-space-size=1'];

it('no file of a kilobyte makes the command allocate more than 10 MB', async () => {
  const folder = scratch();
  const small = { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 7) };
  const sound: Readonly<Record<string, Uint8Array>> = {
    'sound.npy': encodeNpy(small),
    'sound.npz': rawZip({ name: 'W.npy', content: encodeNpy(small), deflate: true }),
    'sound.safetensors': encodeSafetensors([{ name: 'W', ...small }]),
    'sound.csv': concat('1,2\n2,3\n4,5\n'),
    'sound.pt': fixtureBytes('torch-module.pt'),
    'sound.gguf': fixtureBytes('little-endian.gguf'),
    'sound.onnx': fixtureBytes('plain.onnx'),
  };
  for (const [name, bytes] of Object.entries(HOSTILE)) {
    expect(bytes.length, name).toBeLessThan(2100);
    writeFileSync(join(folder, name), bytes);
  }
  for (const [name, bytes] of Object.entries(sound)) writeFileSync(join(folder, name), bytes);
  const measure = (name: string): string[] => ['measure', name, '--features', 'rows'];
  const list = (name: string): string[] => ['measure', name, '--list'];
  // Sound files are read first, so that the program is loaded.
  const warm = Object.keys(sound).flatMap((n) => [measure(n), list(n)]);
  const names = Object.keys(HOSTILE);
  const commands = [...warm, ...names.map(measure), ...names.map(list)];
  const runs = (await polysemMany(commands, folder, {}, HEAP)).slice(warm.length);
  runs.forEach(({ code, stderr, allocated }, i) => {
    const name = `${names[i % names.length]}: ${stderr}`;
    expect(allocated, name).toBeLessThan(10e6);
    // One file is valid and is listed.
    expect([0, 2], name).toContain(code);
    if (code === 2) expect(stderr).toMatch(/^polysem: [^\n]+\n$/);
    else expect(name).toMatch(/^line\.npz: /);
  });
});
