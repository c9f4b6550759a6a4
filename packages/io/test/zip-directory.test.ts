import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readZipDirectory, type ZipMember } from '../src/bytes/zip-directory.ts';
import { bytesSource } from '../src/index.ts';
import { concat, rawZip } from './helpers.ts';

/** Numbers of 2, 4 or 8 bytes, the lowest byte first. */
const little = (bytes: number, ...values: readonly number[]): Uint8Array =>
  concat(
    ...values.map((value) =>
      Uint8Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n)),
    ),
  );

interface Built {
  readonly name: string;
  readonly length: number;
  readonly claimed: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly comment: string;
  /** Extra fields of other programs before that of zip64. */
  readonly others: readonly Uint8Array[];
  /** Which of size, compressed size and offset are in the field of zip64. */
  readonly long: readonly [boolean, boolean, boolean];
}

const FAR = 0xffffffff;

/** An archive as APPNOTE 6.3.10 lays it out (sections 4.3.7, 4.3.12, 4.3.14 to 16, 4.5.3), and its members. */
function archive(
  built: readonly Built[],
  {
    comment,
    isLong,
    before,
    reversed = false,
  }: { comment: Uint8Array; isLong: boolean; before: number; reversed?: boolean },
): { bytes: Uint8Array; members: ZipMember[] } {
  const body: Uint8Array[] = [new Uint8Array(before)];
  const central: Uint8Array[] = [];
  const members: ZipMember[] = [];
  let at = before;
  for (const { name, length, claimed, flags, method, crc, others, long, ...more } of built) {
    const bytes = new TextEncoder().encode(name);
    const content = concat('PK\x03\x04', new Uint8Array(26), bytes, new Uint8Array(length));
    const numbers = [claimed, length, at];
    const zip64 = numbers.filter((_, i) => long[i]);
    const fields = others.map((data) => concat(little(2, 0x7075, data.length), data));
    if (zip64.length > 0)
      fields.push(concat(little(2, 1, 8 * zip64.length), little(8, ...zip64)), little(2, 9, 0));
    const extra = concat(...fields);
    const [size, packed, offset] = numbers.map((value, i) => (long[i] ? FAR : value));
    const note = new TextEncoder().encode(more.comment);
    const lengths = little(2, bytes.length, extra.length, note.length, 0, 0);
    central.push(
      concat(
        concat('PK\x01\x02', little(2, 20, 45, flags, method, 0, 0), little(4, crc, packed, size)),
        concat(lengths, little(4, 0, offset), bytes, extra, note),
      ),
    );
    const encrypted = flags % 2 === 1;
    const rest = { encrypted, method, crc, compressedSize: length, size: claimed };
    members.push({ name, nameLength: bytes.length, ...rest, headerOffset: at });
    body.push(content);
    at += content.length;
  }
  if (reversed) for (const list of [central, members]) list.reverse();
  const directory = concat(...central);
  const record = concat('PK\x06\x06', little(8, 44), little(2, 45, 45), little(4, 0, 0));
  const total = little(8, built.length, built.length, directory.length, at);
  const locator = concat(
    'PK\x06\x07',
    little(4, 0),
    little(8, at + directory.length),
    little(4, 1),
  );
  const end = concat(
    concat('PK\x05\x06', little(2, 0, 0, built.length, built.length)),
    concat(little(4, isLong ? FAR : directory.length, isLong ? FAR : at)),
    concat(little(2, comment.length), comment),
  );
  const parts = isLong ? [record, total, locator, end] : [end];
  return { bytes: concat(...body, directory, ...parts), members };
}

const member: fc.Arbitrary<Built> = fc.record({
  name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }),
  length: fc.nat(40),
  claimed: fc.nat(2 ** 31),
  flags: fc.nat(0xffff),
  method: fc.constantFrom(0, 8, 12),
  crc: fc.nat(2 ** 32 - 1),
  comment: fc.string({ maxLength: 5 }),
  others: fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 2 }),
  long: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
});
const archives = fc.record({
  members: fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 6 }),
  comment: fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    // The signature of an end record in the comment, with room for the rest of one.
    fc.uint8Array({ minLength: 30, maxLength: 40 }).map((bytes) => concat('PK\x05\x06', bytes)),
    fc.constant(new Uint8Array(0xffff)),
  ),
  isLong: fc.boolean(),
  before: fc.constantFrom(0, 3, 70_000),
  reversed: fc.boolean(),
});

describe('the directory of a zip file', () => {
  test('gives all members, with comments, extra fields and fields of zip64', async () => {
    await fc.assert(
      fc.asyncProperty(archives, async ({ members: built, ...around }) => {
        const { bytes, members } = archive(built, around);
        expect(await readZipDirectory(bytesSource('x', bytes))).toEqual(members);
      }),
      { numRuns: 100 },
    );
  });

  const plain: Built = {
    name: 'a.npy',
    length: 5,
    claimed: 5,
    flags: 0,
    method: 0,
    crc: 7,
    comment: 'note',
    others: [],
    long: [true, false, true],
  };
  const around = { comment: new Uint8Array(0), isLong: false, before: 0 };
  const problem = async (bytes: Uint8Array): Promise<string> => {
    const refusal = await readZipDirectory(bytesSource('x', bytes)).catch((error) => error.message);
    expect(refusal).toBeTypeOf('string');
    return refusal as string;
  };

  test('may end anywhere before the end record only if that says so', async () => {
    const { bytes } = archive([plain], around);
    // A byte between the directory and the end record, and one byte less.
    const end = bytes.length - 22;
    const later = concat(bytes.subarray(0, end), 'x', bytes.subarray(end));
    const earlier = concat(bytes.subarray(0, end - 1), bytes.subarray(end));
    for (const moved of [later, earlier])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await problem(moved)).toBe(
        'x: the zip directory does not end at its end record; the file is damaged',
      );
  });

  test('is refused if cut, or if its signature, lengths or fields are damaged', async () => {
    const { bytes } = archive([plain], around);
    const first = bytes.length - 22 - (46 + 5 + 24 + 4);
    const changed = (at: number, value: number): Uint8Array => {
      const copy = new Uint8Array(bytes);
      copy[at] = value;
      return copy;
    };
    expect(await problem(changed(first, 0))).toBe('x: the zip directory is damaged');
    // The lengths of the name, the extra fields and the comment, one too long.
    for (const [at, value] of [
      [28, 6],
      [30, 25],
      [32, 5],
    ] as const)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await problem(changed(first + at, value))).toBe('x: the zip directory is damaged');
    // The field of zip64 has another identity, or lacks a number.
    expect(await problem(changed(first + 51, 2))).toBe(
      'x: a zip64 field is missing in the directory',
    );
    expect(await problem(changed(first + 53, 15))).toBe(
      'x: a zip64 field of the directory is damaged',
    );
    expect(await problem(changed(first + 62, 1))).toBe(
      'x: a 64-bit field of the zip exceeds 2^53; the file is damaged',
    );
    const bare = changed(first + 51, 2);
    bare[first + 71] = 1;
    expect(await problem(bare)).toBe('x: a zip64 field of the directory is damaged');
    // The field claims a byte of the comment.
    const short = changed(first + 30, 19);
    short[first + 32] = 9;
    expect(await problem(short)).toBe('x: a zip64 field of the directory is damaged');
    expect(await problem(bytes.subarray(0, bytes.length - 1))).toBe(
      'x: the zip has no end record; the file is truncated or damaged',
    );
  });

  test('is refused if members share a byte, and not if they touch', async () => {
    const two = [plain, { ...plain, name: 'b.npy', long: [false, false, false] as const }];
    const { bytes } = archive(two, around);
    const offset = bytes.length - 22 - (46 + 5 + 4) + 42;
    // Local headers have 30 bytes and a name; without the name of the first, the second would touch its content.
    const moved = (by: number): Uint8Array => {
      const copy = new Uint8Array(bytes);
      copy[offset] -= by;
      return copy;
    };
    const found = await readZipDirectory(bytesSource('x', moved(5)));
    expect(found.map(({ headerOffset }) => headerOffset)).toEqual([0, 35]);
    expect(await problem(moved(6))).toBe(
      'x: member "a.npy" of the zip overlaps the next one; the file is damaged or a bomb',
    );
  });

  test('is refused if two members begin at the first byte', async () => {
    const bytes = rawZip(
      { name: 'a', content: concat('x') },
      { name: 'b', content: concat('y'), claim: { headerOffset: 0 } },
    );
    expect(await problem(bytes)).toBe(
      'x: member "a" of the zip overlaps the next one; the file is damaged or a bomb',
    );
  });

  test('may list a member without a name', async () => {
    const bytes = rawZip({ name: '', content: concat('x') });
    const [only, ...others] = await readZipDirectory(bytesSource('x', bytes));
    expect([only.name, only.size, others]).toEqual(['', 1, []]);
  });

  test.each([
    [0, 0x10, null],
    [1, 0x10, 'x: member "a.npy" of the zip is marked as a folder but has content'],
    [1, 0xef, null],
  ])('%d bytes under the attributes %d', async (claimed, attributes, refusal) => {
    const { bytes } = archive([{ ...plain, claimed, long: [false, false, false] }], around);
    bytes[bytes.length - 22 - (46 + 5 + 4) + 38] = attributes;
    if (refusal === null) expect(await readZipDirectory(bytesSource('x', bytes))).toHaveLength(1);
    else expect(await problem(bytes)).toContain(refusal);
  });

  test('is refused if a locator of zip64 before the end record points beyond the file', async () => {
    const locator = concat('PK\x06\x07', little(4, 0), little(8, 0), little(4, 1));
    const end = concat('PK\x05\x06', new Uint8Array(18));
    expect(await problem(concat(locator, end))).toBe(
      'x: 56 bytes at offset 0 exceed its 42 bytes; the file is truncated or damaged',
    );
    expect(await problem(concat(new Uint8Array(14), locator, end))).toBe(
      'x: the zip64 end record is missing; the file is damaged',
    );
    expect(await readZipDirectory(bytesSource('x', end))).toEqual([]);
  });

  test('must have as many members as the end record says', async () => {
    const { bytes } = archive([plain], around);
    bytes[bytes.length - 22 + 10] = 2;
    expect(await problem(bytes)).toBe(
      'x: the zip directory lists 1 members, its end record 2; the file is damaged',
    );
  });
});
