import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError, encodeNpy } from '../src/index.ts';
import {
  concat,
  expectOneLine,
  fixtureBytes,
  largestAllocation,
  rawNpy,
  rawSafetensors,
  rawZip,
  readAll,
} from './helpers.ts';

const RUNS = 600;

/** Whatever the bytes: read, or refused with a FormatError of one line, and nothing large allocated. */
async function readsOrRefuses(bytes: Uint8Array): Promise<void> {
  const largest = await largestAllocation(async () => {
    try {
      await readAll(bytes);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      expectOneLine(error.message);
    }
  });
  expect(largest).toBeLessThan(10e6);
}

const FILES = [
  'f8.npy',
  'f4-fortran-3d.npy',
  'i8.npy',
  'structured.npy',
  'version-3.npy',
  'stored.npz',
  'deflated.npz',
  'zip64.npz',
  'mixed.safetensors',
  'torch.pt',
  'torch-module.pt',
  'little-endian.gguf',
  'plain.onnx',
  'quantised.onnx',
].map(fixtureBytes);
FILES.push(
  rawZip({
    name: 'W.npy',
    content: encodeNpy({ shape: [1000], data: new Float64Array(1000).fill(3) }),
    deflate: true,
  }),
);

const interestingByte = fc.oneof(
  fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x22, 0x2d, 0x39, 0x7b, 0x7d),
  fc.nat(255),
);
const mutation = fc.record({ at: fc.nat(), byte: interestingByte });

describe('anything is read or refused in one line', () => {
  test('arbitrary bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), readsOrRefuses), {
      numRuns: RUNS,
    });
  });

  test.each([
    ['npy', Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0)],
    ['zip', Uint8Array.of(0x50, 0x4b, 3, 4)],
    ['GGUF', Uint8Array.of(0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0)],
    ['ONNX', Uint8Array.of(8, 9, 0x3a)],
    ['safetensors', Uint8Array.of(40, 0, 0, 0, 0, 0, 0, 0, 0x7b)],
  ])('arbitrary bytes after the start of %s', async (_, start) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        readsOrRefuses(concat(start, bytes)),
      ),
      { numRuns: RUNS },
    );
  });

  test('sound files with some bytes changed, cut or repeated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FILES),
        fc.array(mutation, { maxLength: 6 }),
        fc.option(fc.nat()),
        fc.option(fc.nat()),
        async (file, mutations, cut, repeat) => {
          const bytes = new Uint8Array(file);
          for (const { at, byte } of mutations) bytes[at % bytes.length] = byte;
          const end = cut === null ? bytes.length : cut % bytes.length;
          const from = repeat === null ? end : repeat % (end + 1);
          await readsOrRefuses(concat(bytes.subarray(0, end), bytes.subarray(from, end)));
        },
      ),
      { numRuns: 5 * RUNS },
    );
  });

  test('safetensors headers of any JSON', async () => {
    const entry = fc.record({
      dtype: fc.constantFrom('F64', 'F32', 'F4', 'I8', 'X'),
      shape: fc.array(fc.oneof(fc.nat(4), fc.maxSafeInteger()), { maxLength: 3 }),
      data_offsets: fc.array(fc.oneof(fc.nat(64), fc.maxSafeInteger()), { maxLength: 3 }),
    });
    const header = fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(header, fc.nat(64), (value, data) =>
        readsOrRefuses(rawSafetensors(value, data)),
      ),
      { numRuns: RUNS },
    );
  });

  test('npy headers of any fragments of Python', async () => {
    const words = `'descr' '<f8' '>f2' 'fortran_order' 'shape' True False None 2 -1 0 1e9 ( ) [ ] { } : , ' " \\`;
    const fragment = fc.constantFrom(...words.split(' '), ' ', '9'.repeat(400));
    const dict = fc
      .tuple(fragment, fragment, fc.array(fragment, { maxLength: 6 }))
      .map(([descr, order, shape]) => {
        return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${shape.join('')})}`;
      });
    const text = fc.oneof(
      fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join('')),
      dict,
    );
    await fc.assert(
      fc.asyncProperty(text, fc.nat(64), (header, data) =>
        readsOrRefuses(rawNpy(header, new Uint8Array(data))),
      ),
      { numRuns: RUNS },
    );
  });

  test('deflated members with damaged data', async () => {
    const content = encodeNpy({
      shape: [300],
      data: Float64Array.from({ length: 300 }, (_, i) => i % 17),
    });
    const zip = rawZip({ name: 'W.npy', content, deflate: true });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const bytes = new Uint8Array(zip);
        for (const { at, byte } of mutations) bytes[35 + (at % 200)] = byte;
        await readsOrRefuses(bytes);
      }),
      { numRuns: RUNS },
    );
  });
});
