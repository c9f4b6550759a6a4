import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { crc32 } from '../src/bytes/crc32.ts';
import { encodeNpy, encodeSafetensors } from '../src/index.ts';
import { COUNT_ALLOCATIONS } from './count-allocations.ts';
import { concat, npyOf, rawNpy, rawSafetensors, rawZip } from './helpers.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A zip with a member of about a kilobyte that inflates as far as deflate allows. */
function bomb(header: string, length: number): Uint8Array {
  const content = rawNpy(header, new Uint8Array(length));
  const stored = new Uint8Array(deflateRawSync(content, { level: 9 }));
  return rawZip({
    name: 'W.npy',
    content: stored,
    claim: { method: 8, size: content.length, crc: crc32(content) },
  });
}

const HUGE = 2 ** 52;
const member = { name: 'W.npy', content: encodeNpy({ shape: [1], data: new Float64Array(1) }) };
/** The most expensive known files of each format, about 1 kB each. */
const HOSTILE: Readonly<Record<string, Uint8Array>> = {
  'claim.npy': npyOf("'<f8'", `(${HUGE},)`, 900),
  'claim-f.npy': rawNpy(
    `{'descr': '|i1', 'fortran_order': True, 'shape': (${HUGE}, 1)}`,
    new Uint8Array(900),
  ),
  'nested.npy': rawNpy('('.repeat(900)),
  'digits.npy': rawNpy(`{'shape': (${'9'.repeat(900)},)}`),
  'bomb-bytes.npz': bomb("{'descr': '|i1', 'fortran_order': False, 'shape': (900000,)}", 900_000),
  'bomb-fortran.npz': bomb(
    "{'descr': '|i1', 'fortran_order': True, 'shape': (900, 1000)}",
    900_000,
  ),
  'bomb-long.npz': bomb("{'descr': '<i8', 'fortran_order': False, 'shape': (112500,)}", 900_000),
  'bomb-text.npz': bomb(`{${' '.repeat(60_000)}}`, 800_000),
  'claim.npz': rawZip({ ...member, claim: { size: 4_000_000_000 } }),
  'claim.safetensors': rawSafetensors(
    { W: { dtype: 'F8_E4M3', shape: [HUGE], data_offsets: [0, HUGE] } },
    900,
  ),
  'nested.safetensors': rawSafetensors(`{"W":${'['.repeat(450)}${']'.repeat(450)}}`),
  'empty-axes.safetensors': rawSafetensors({
    W: { dtype: 'F64', shape: [0, ...Array.from({ length: 300 }, () => 1)], data_offsets: [0, 0] },
  }),
  'many.json': concat(
    JSON.stringify({
      weight_map: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, `s${i}`])),
    }),
  ),
  'itself.json': concat(JSON.stringify({ weight_map: { a: 'sound.safetensors', b: 'many.json' } })),
  'wide.csv': concat(`${','.repeat(900)}\n`),
  'long.csv': concat('1\n'.repeat(500)),
};
const SOUND: Readonly<Record<string, Uint8Array>> = {
  'sound.npy': member.content,
  'sound.npz': rawZip({ ...member, deflate: true }),
  'sound.safetensors': encodeSafetensors([{ name: 'a', shape: [1, 1], data: Float32Array.of(1) }]),
  'sound.json': concat(JSON.stringify({ weight_map: { a: 'sound.safetensors' } })),
  'sound.csv': concat('1,2\n'),
};

/** Megabytes of V8's heap; it ends a process that needs more. The program itself takes 6 of them. */
const HEAP = ['--max-old-space-size=16', '--max-semi-space-size=1'];

/**
 * Reads each file whole and by features, and counts the bytes of the buffers that this allocates.
 */
const CHILD = `
import { readdirSync } from 'node:fs';
const folder = process.argv[1];
${COUNT_ALLOCATIONS}
const { featureSource } = await import('${new URL('../dist/index.js', import.meta.url).href}');
const { openWeights } = await import('${new URL('../dist/node/index.js', import.meta.url).href}');
async function all(path, whole) {
  let close;
  try {
    const weights = await openWeights(path);
    const { file } = weights;
    close = weights.close;
    for (const { name } of file.entries) {
      if (whole) await file.read(name);
      else {
        const source = featureSource(await file.open(name), 'columns', { sourceName: path });
        await source.read(0, source.features);
      }
    }
    return 'read';
  } catch (error) {
    return error.name + ' ' + error.message.split('\\n').length;
  } finally {
    await close?.();
  }
}
const files = readdirSync(folder);
for (let i = 0; i < 20; i++)
  for (const name of files) if (name.startsWith('sound')) await all(folder + '/' + name, i % 2 === 0);
const most = [];
for (const name of files.filter((file) => !file.startsWith('sound'))) {
  for (const whole of [true, false]) {
    globalThis.gc();
    counted = 0;
    const before = process.memoryUsage().arrayBuffers;
    const outcome = await all(folder + '/' + name, whole);
    const after = process.memoryUsage().arrayBuffers;
    most.push([name, outcome, Math.max(counted, after - before)]);
  }
}
console.log(JSON.stringify(most));
`;

test('a file of a kilobyte never makes a process allocate more than 10 MB', () => {
  for (const [name, bytes] of Object.entries({ ...HOSTILE, ...SOUND })) {
    expect(bytes.length, name).toBeLessThan(1500);
    writeFileSync(join(folder, name), bytes);
  }
  const child = spawnSync(
    process.execPath,
    [...HEAP, '--expose-gc', '--input-type=module', '--eval', CHILD, folder],
    { encoding: 'utf8' },
  );
  expect(child.stderr).toBe('');
  const found = JSON.parse(child.stdout) as [string, string, number][];
  expect([...new Set(found.map(([name]) => name))]).toEqual(Object.keys(HOSTILE).toSorted());
  for (const [name, outcome, growth] of found) {
    expect(outcome, name).toMatch(/^(?:read|FormatError 1)$/);
    expect(growth, name).toBeLessThan(10e6);
  }
});
