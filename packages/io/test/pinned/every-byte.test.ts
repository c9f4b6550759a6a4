import { readFiles } from '../../../../scripts/mutants/reading.mjs';
import { pinned, times } from '../../../core/test/pinned/pinned.ts';
import { openMember } from '../../src/bytes/zip-member.ts';
import { readZipDirectory } from '../../src/bytes/zip-directory.ts';
import { inflateZstd } from '../../src/formats/parquet/zstd-page.ts';
import { readPickle } from '../../src/formats/torch/pickle.ts';
import { findTorchTensors } from '../../src/formats/torch/tensors.ts';
import { bytesSource } from '../../src/index.ts';
import { fixtureBytes } from '../helpers.ts';
import { withoutEngine } from './without-engine.ts';

// Results of reading small files of every format with one byte changed, at places all over the file, and the messages of those that
// are refused. Other tests show that these are right; here they are pinned, so that no change goes unnoticed.

const CHANGES = 120;

const FILES: readonly (readonly [read: Parameters<typeof readFiles>[0], names: string])[] = [
  [
    'tensors',
    'f4-fortran-3d.npy structured.npy version-3.npy mixed.safetensors float8.safetensors',
  ],
  ['tensors', 'stored.npz zip64.npz big-endian.gguf low-bits.gguf plain.onnx quantised.onnx'],
  ['tensors', 'big-endian.mat plain.mat'],
  ['table', 'split.parquet checksums.parquet delta.parquet long-zstd.parquet snappy-v2.parquet'],
];

for (const [read, names] of FILES) {
  for (const name of names.split(' ')) {
    pinned(`${name} with a byte changed`, () =>
      Promise.all(
        changed(fixtureBytes(name)).map(async (bytes) =>
          withoutEngine(await readFiles(read, [{ name, bytes }])),
        ),
      ).then(inTens),
    );
  }
}

for (const name of ['torch.pt', 'torch-protocol-5.pt', 'torch-module.pt']) {
  pinned(`the pickle of ${name} with a byte changed`, async () => {
    const archive = bytesSource(name, fixtureBytes(name));
    const member = (await readZipDirectory(archive)).find((each) => each.name.endsWith('data.pkl'));
    const source = await openMember(archive, member!);
    const pickle = await source.read(0, source.size);
    return inTens(changed(pickle).map((bytes) => attempt(() => tensorsIn(bytes))));
  });
}

for (const [name, length] of [
  ['text.zst', 139_700],
  ['letters.zst', 12_000],
] as const) {
  pinned(`${name} with a byte changed`, () =>
    inTens(changed(fixtureBytes(name)).map((bytes) => attempt(() => inflateZstd(bytes, length)))),
  );
}

function tensorsIn(pickle: Uint8Array): unknown {
  const { tensors, notCalled } = findTorchTensors(readPickle(pickle), 'alone', 2000);
  return [tensors, notCalled];
}

/** Copies of a file, each with one byte changed: the first bytes in turn, then others at even distances. */
function changed(bytes: Uint8Array): Uint8Array[] {
  const step = Math.max(1, (bytes.length - CHANGES / 2) / (CHANGES / 2));
  return times(Math.min(CHANGES, bytes.length), (i) => {
    const at = i < CHANGES / 2 ? i : Math.floor(CHANGES / 2 + (i - CHANGES / 2) * step);
    const copy = bytes.slice();
    const values = [copy[at] ^ (1 << (i & 7)), copy[at] + 1, copy[at] - 1, 0, 255, 128];
    copy[at] = values[i % values.length];
    return copy;
  });
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

/** Results in groups, so that snapshots are short. */
function inTens(results: readonly unknown[]): unknown[] {
  return times(Math.ceil(results.length / 10), (i) => results.slice(10 * i, 10 * i + 10));
}
