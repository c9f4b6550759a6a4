import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openUrl, type SourceFolder, type UrlOptions } from '../src/bytes/index.ts';
import {
  bytesSource,
  encodeNpy,
  encodeSafetensors,
  featureSource,
  FormatError,
  openTensors,
} from '../src/index.ts';
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

/** Checks that bytes are read, or refused with a FormatError of one line, without a large allocation. */
async function readsOrRefuses(bytes: Uint8Array): Promise<void> {
  await refusesOr(() => readAll(bytes));
  await refusesOr(() => readFeatures(bytes));
}

async function refusesOr(run: () => Promise<unknown>): Promise<void> {
  const largest = await largestAllocation(async () => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      expectOneLine(error.message);
    }
  });
  expect(largest).toBeLessThan(10e6);
}

/** Reads the features of every matrix, both ways. */
async function readFeatures(bytes: Uint8Array): Promise<void> {
  const file = await openTensors(bytesSource('x', bytes));
  for (const { name, shape } of file.entries) {
    for (const axis of ['rows', 'columns'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time, as a user would
      const reader = await file.open(name);
      const index = shape.length === 3 ? { index: 0 } : {};
      const source = featureSource(reader, axis, { sourceName: 'x', memory: 100, ...index });
      for (let first = 0; first < Math.min(source.features, 20); first++) {
        // oxlint-disable-next-line no-await-in-loop
        await source.read(first, 1);
      }
    }
  }
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
  'torch-legacy.pt',
  'little-endian.gguf',
  'low-bits.gguf',
  'plain.onnx',
  'quantised.onnx',
  'float8.safetensors',
  'integers.safetensors',
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

describe('any input is read, or rejected with one line', () => {
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

  test('valid files with some bytes changed, removed or repeated', async () => {
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

  test('indexes of shards, of any JSON and any paths', async () => {
    const shard = encodeSafetensors([{ name: 'a', shape: [1], data: Float32Array.of(1) }]);
    const folder: SourceFolder = {
      name: 'folder',
      // A file outside the folder that must not be read.
      open: async (file) => {
        expect(file).toMatch(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\\:]+$/s);
        return file === 'm' ? bytesSource('folder/m', shard) : undefined;
      },
    };
    const path = fc.oneof(
      fc.constantFrom('m', 'index.json', '../m', '/m', 'a/../m', './m', 'a\\m', 'c:m'),
      fc.string(),
      fc.jsonValue(),
    );
    const map = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), path);
    const index = fc.record(
      { weight_map: fc.oneof(map, fc.jsonValue()), metadata: fc.jsonValue() },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(index, fc.option(fc.nat()), async (value, cut) => {
        const text = JSON.stringify(value);
        const bytes = concat(cut === null ? text : text.slice(0, cut % (text.length + 1)));
        await refusesOr(async () => {
          const file = await openTensors(bytesSource('index.json', bytes), { folder });
          await Promise.all(file.entries.map(({ name }) => file.read(name)));
        });
      }),
      { numRuns: RUNS },
    );
  });

  test('answers of any server', async () => {
    const word = fc.constantFrom('0', '1', '7', '99', '65535', '9007199254740993', '-1', '*', 'x');
    const range = fc.tuple(word, word, word).map(([a, b, c]) => `bytes ${a}-${b}/${c}`);
    const answer = fc.record({
      status: fc.constantFrom(200, 206, 206, 206, 204, 301, 404, 416, 500),
      range: fc.option(range),
      etag: fc.option(fc.constantFrom('"1"', '"2"')),
      length: fc.option(word),
      body: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 5 }), async (answers) => {
        let at = 0;
        const fetch: UrlOptions['fetch'] = async (url) => {
          const { status, range: given, etag, length, body } = answers[at++ % answers.length];
          const headers = new Map([
            ['content-range', given],
            ['etag', etag],
            ['content-length', length],
          ]);
          const parts = [...body];
          const read = async () => ({ done: parts.length === 0, value: parts.shift() });
          return {
            status,
            url,
            headers: { get: (name) => headers.get(name) ?? null },
            body: { getReader: () => ({ read }) },
          };
        };
        await refusesOr(async () => {
          const source = await openUrl('http://x/y', { fetch, attempts: 2, pause: 0 });
          const file = await openTensors(source);
          await Promise.all(file.entries.map(({ name }) => file.read(name)));
        });
      }),
      { numRuns: RUNS },
    );
  });
});
