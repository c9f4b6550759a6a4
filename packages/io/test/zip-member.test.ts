import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../src/bytes/crc32.ts';
import { bytesSource, type ByteSource } from '../src/index.ts';
import { readZipDirectory } from '../src/bytes/zip-directory.ts';
import { openMember, type MemberSource } from '../src/bytes/zip-member.ts';
import { concat, rawZip, sameBytes, type RawMember } from './helpers.ts';

/** Bytes that compress moderately. */
const CONTENT = Uint8Array.from({ length: 60_000 }, (_, i) => (i * i) >> (i % 7));

interface Counted {
  readonly member: MemberSource;
  /** Bytes read of the archive since opening. */
  readonly bytes: () => number;
  readonly compressedSize: number;
}

async function open(raw: Partial<RawMember>): Promise<Counted> {
  const archive = bytesSource('x.npz', rawZip({ name: 'W.npy', content: CONTENT, ...raw }));
  let bytes = 0;
  const counted: ByteSource = {
    ...archive,
    read: (offset, length) => {
      bytes += length;
      return archive.read(offset, length);
    },
  };
  const [entry] = await readZipDirectory(counted);
  const member = await openMember(counted, entry);
  bytes = 0;
  return { member, bytes: () => bytes, compressedSize: entry.compressedSize };
}

async function pass(member: MemberSource, step: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < member.size; at += step) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    parts.push(await member.read(at, Math.min(step, member.size - at)));
  }
  return concat(...parts);
}

describe.each([{ deflate: false }, { deflate: true }])(
  'a member (deflate: $deflate)',
  ({ deflate }) => {
    test('costs one pass over the archive for each of its own passes', async () => {
      const { member, bytes, compressedSize } = await open({ deflate });
      expect(sameBytes(await pass(member, 7001), CONTENT)).toBe(true);
      expect(bytes()).toBe(compressedSize);
      expect(sameBytes(await pass(member, 50_000), CONTENT)).toBe(true);
      expect(bytes()).toBe(2 * compressedSize);
    });

    test('gives any range at any time, also simultaneously', async () => {
      const { member } = await open({ deflate });
      const range = fc
        .tuple(fc.nat(CONTENT.length), fc.nat(CONTENT.length))
        .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
      await fc.assert(
        fc.asyncProperty(fc.array(range, { maxLength: 4 }), async (ranges) => {
          const read = await Promise.all(ranges.map(([from, to]) => member.read(from, to - from)));
          read.forEach((bytes, i) =>
            expect(sameBytes(bytes, CONTENT.subarray(...ranges[i]))).toBe(true),
          );
        }),
        { numRuns: 25 },
      );
    });

    test('checks its CRC at the end of a pass', async () => {
      const { member } = await open({ deflate, claim: { crc: 1 } });
      await expect(pass(member, 30_000)).rejects.toThrow('x.npz/W.npy: its CRC-32 is wrong');
      // The CRC cannot be checked after reads out of order.
      const other = (await open({ deflate, claim: { crc: 1 } })).member;
      expect(sameBytes(await other.read(5, CONTENT.length - 5), CONTENT.subarray(5))).toBe(true);
    });
  },
);

test('a failed read does not prevent later reads', async () => {
  const { member } = await open({ deflate: true, claim: { size: CONTENT.length + 1 } });
  await expect(member.read(0, CONTENT.length + 1)).rejects.toThrow(
    `claims 60001 bytes but has only 60000; the file is damaged`,
  );
  expect(await member.read(10, 5)).toEqual(CONTENT.slice(10, 15));
});

test('an archive that cannot be read gives its own error, and is tried again', async () => {
  const archive = bytesSource('x.npz', rawZip({ name: 'W.npy', content: CONTENT, deflate: true }));
  const [entry] = await readZipDirectory(archive);
  let gone = true;
  const member = await openMember(
    {
      ...archive,
      read: async (offset, length) => {
        if (gone && offset > 2 ** 14) throw new Error('the disk is gone');
        return archive.read(offset, length);
      },
    },
    entry,
  );
  expect(entry.compressedSize).toBeGreaterThan(2 ** 14);
  await expect(member.read(0, CONTENT.length)).rejects.toThrow('the disk is gone');
  gone = false;
  expect(sameBytes(await member.read(0, CONTENT.length), CONTENT)).toBe(true);
});

test('crc32 agrees with polynomial division, bit by bit, in any chunks', () => {
  const slow = (bytes: Uint8Array): number => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, cut) => {
      expect(crc32(bytes)).toBe(slow(bytes));
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(slow(bytes));
    }),
  );
  // The check value of CRC-32/ISO-HDLC.
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

test('a member whose local header leads beyond the archive is refused', async () => {
  const bytes = rawZip({ name: 'a.npy', content: CONTENT });
  bytes.set([0xff, 0xff], 28);
  const archive = bytesSource('x.npz', bytes);
  const [entry] = await readZipDirectory(archive);
  await expect(openMember(archive, entry)).rejects.toThrow(
    `x.npz: 60000 bytes at offset ${30 + 5 + 0xffff} exceed its ${bytes.length} bytes`,
  );
});
