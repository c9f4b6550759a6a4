import { backwardBits, type BackwardBits } from './backward-bits.ts';
import { fseConstant, fseTable, nextState, readFseTable, type FseTable } from './fse.ts';

/** Tables for lengths of literals, offsets and lengths of matches. */
export interface SequenceTables {
  readonly literals: FseTable;
  readonly offsets: FseTable;
  readonly matches: FseTable;
}

/** The sequences of a block: the bit stream of their codes, and its tables. */
export interface Sequences {
  readonly count: number;
  readonly stream: BackwardBits | null;
  readonly tables: SequenceTables | null;
}

/** A kind of code: its default distribution, its largest symbol and table. */
interface Kind {
  readonly usual: FseTable;
  readonly largest: number;
  readonly mostLog: number;
}

// oxfmt-ignore
const LITERALS: Kind = {
  usual: fseTable(
    [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1], 6),
  largest: 35,
  mostLog: 9,
};
// oxfmt-ignore
const OFFSETS: Kind = {
  usual: fseTable([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5),
  largest: 31,
  mostLog: 8,
};
// oxfmt-ignore
const MATCHES: Kind = {
  usual: fseTable(
    [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1], 6),
  largest: 52,
  mostLog: 9,
};
const LITERAL_BITS = [
  ...zeros(16),
  1,
  1,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
];
const LITERAL_BASES = basesOf(LITERAL_BITS, 0);
// oxfmt-ignore
const MATCH_BITS = [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const MATCH_BASES = basesOf(MATCH_BITS, 3);

/** Each code begins where the codes before it end; from 6 bits (literals) or 7 (matches) on, at a power of two. */
function basesOf(bits: readonly number[], first: number): number[] {
  let next = first;
  return bits.map((each) => {
    const base = next;
    next += 2 ** each;
    return base;
  });
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

/**
 * Reads the head of the sequences section of a block.
 *
 * Source: RFC 8878, section 3.1.1.3.2.
 * @param section the rest of the block.
 * @param before the tables of the block before, null if there are none.
 * @throws RangeError if it is damaged.
 */
export function readSequences(section: Uint8Array, before: SequenceTables | null): Sequences {
  const [first, second, third] = section;
  if (first === 0) {
    if (section.length > 1) throw damaged();
    return { count: 0, stream: null, tables: before };
  }
  const head = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (section.length < head + 1) throw damaged();
  const count =
    head === 1
      ? first
      : head === 2
        ? ((first - 128) << 8) + second
        : second + (third << 8) + 0x7f00;
  const modes = section[head];
  if ((modes & 3) !== 0) throw damaged();
  let at = head + 1;
  const table = (mode: number, kind: Kind, previous: FseTable | undefined): FseTable => {
    if (mode === 0) return kind.usual;
    if (mode === 3) {
      if (previous === undefined) throw damaged();
      return previous;
    }
    if (mode === 2) {
      const read = readFseTable(section, at, kind.largest, kind.mostLog);
      at = read.end;
      return read.table;
    }
    if (at >= section.length || section[at] > kind.largest) throw damaged();
    return fseConstant(section[at++]);
  };
  const literals = table(modes >> 6, LITERALS, before?.literals);
  const offsets = table((modes >> 4) & 3, OFFSETS, before?.offsets);
  const matches = table((modes >> 2) & 3, MATCHES, before?.matches);
  const stream = backwardBits(section.subarray(at));
  return { count, stream, tables: { literals, offsets, matches } };
}

/** Offsets of the last three matches, the most recent first. */
export type RecentOffsets = [number, number, number];

/**
 * Decodes sequences and calls `copy` for each: a number of literals, then a match of some length at an offset backwards.
 *
 * @param recent offsets of matches so far; changed.
 * @throws RangeError if the bit stream is damaged.
 */
export function decodeSequences(
  { count, stream, tables }: Sequences,
  recent: RecentOffsets,
  copy: (literals: number, length: number, offset: number) => void,
): void {
  if (stream === null || tables === null) return;
  const { literals, offsets, matches } = tables;
  let [literal, offset, match] = [literals, offsets, matches].map(({ log }) => stream.read(log));
  for (let i = 0; i < count; i++) {
    const code = offsets.symbols[offset];
    const value = 2 ** code + stream.read(code);
    const m = matches.symbols[match];
    const length = MATCH_BASES[m] + stream.read(MATCH_BITS[m]);
    const l = literals.symbols[literal];
    const before = LITERAL_BASES[l] + stream.read(LITERAL_BITS[l]);
    copy(before, length, offsetOf(value, before, recent));
    if (i === count - 1) break;
    literal = nextState(literals, literal, stream);
    match = nextState(matches, match, stream);
    offset = nextState(offsets, offset, stream);
  }
  if (stream.left() !== 0) throw damaged();
}

/** Returns the offset of a match; values up to 3 repeat recent offsets. */
function offsetOf(value: number, literals: number, recent: RecentOffsets): number {
  const [first, second, third] = recent;
  if (value > 3) {
    recent.splice(0, 3, value - 3, first, second);
    return recent[0];
  }
  const index = value - 1 + (literals === 0 ? 1 : 0);
  if (index === 0) return first;
  const offset = index === 1 ? second : index === 2 ? third : first - 1;
  recent.splice(0, 3, offset, first, index === 1 ? third : second);
  return offset;
}

function damaged(): RangeError {
  return new RangeError('sequences of zstd are damaged');
}
