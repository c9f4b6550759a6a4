import { describe, expect, it } from 'vitest';
import { FEATURES, featureMeaning, findNetwork } from '../scripts/nnue.mjs';

const OUTPUTS = 16;

/** A network inside a program, after other bytes that start like a network. */
function program(compressed: boolean): Uint8Array {
  const word = (n: number): number[] => [0, 8, 16, 24].map((shift) => (n >>> shift) & 255);
  const parts: Uint8Array[] = [
    Uint8Array.from([...word(0x7af32f20), ...word(1), ...word(2), 7, 7, ...word(3)]),
    Uint8Array.from([...word(0x7af32f20), ...word(0), ...word(5), ...Buffer.from('a net')]),
    Uint8Array.from(word(0x7f234cb8 ^ (2 * OUTPUTS))),
  ];
  for (const [count, size] of [
    [OUTPUTS, 2],
    [FEATURES * OUTPUTS, 2],
    [FEATURES * 8, 4],
  ]) {
    const values = Array.from({ length: count }, (_, i) => value(i));
    if (!compressed) {
      const plain = size === 2 ? Int16Array.from(values) : Int32Array.from(values);
      parts.push(new Uint8Array(plain.buffer));
      continue;
    }
    const bytes = values.flatMap(leb128);
    parts.push(Buffer.from('COMPRESSED_LEB128'), Uint8Array.from(word(bytes.length)));
    parts.push(Uint8Array.from(bytes));
  }
  return Buffer.concat(parts);
}

function value(i: number): number {
  return ((i * 7919) % 65_536) - 32_768;
}

/** Signed LEB128 by its definition: seven bits at a time until only the sign remains. */
function leb128(number: number): number[] {
  const bytes: number[] = [];
  for (let rest = number; ;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && byte < 64) || (rest === -1 && byte >= 64);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

describe('networks of chess programs', () => {
  it.each([false, true])('are found and read (compressed: %s)', (compressed) => {
    const { description, outputs, biases, weights, psqt } = findNetwork(program(compressed));
    expect([description, outputs]).toEqual(['a net', OUTPUTS]);
    expect(biases).toEqual(Float32Array.from({ length: OUTPUTS }, (_, i) => value(i)));
    expect([weights.length, psqt.length]).toEqual([FEATURES * OUTPUTS, FEATURES * 8]);
    for (const i of [0, 1, 4711, FEATURES * OUTPUTS - 1]) expect(weights[i]).toBe(value(i));
    expect(psqt[FEATURES * 8 - 1]).toBe(value(FEATURES * 8 - 1));
  });

  it('throw if they are truncated or missing', () => {
    expect(() => findNetwork(program(false).subarray(0, 10_000))).toThrow('ends too soon');
    expect(() => findNetwork(new Uint8Array(100))).toThrow('no network');
  });

  it('have features with distinct meanings', () => {
    // Bucket 0 has the king on h8, the last bucket on e1.
    expect(featureMeaning(0)).toMatchObject({
      side: 'our',
      piece: 'pawn',
      square: 'a1',
      king: 'h8',
    });
    expect(featureMeaning(FEATURES - 64 + 4)).toEqual({
      side: 'our',
      piece: 'king',
      square: 'e1',
      king: 'e1',
      possible: true,
    });
    const all = Array.from({ length: FEATURES }, (_, i) => featureMeaning(i));
    expect(new Set(all.map((m) => JSON.stringify(m))).size).toBe(FEATURES);
    // Impossible among 32 x 704: pawns on two ranks (2 x 16 x 32), their king on one of the 3, 5 or 8 neighbours of our king,
    // a piece on our king's square. Pawns on that square count twice where the king is on those ranks (8 kings).
    const neighbours = 2 * 3 + 6 * 5 + 6 * 5 + 18 * 8;
    const impossible = all.filter(({ possible }) => !possible).length;
    expect(impossible).toBe(2 * 16 * 32 + 10 * 32 - 2 * 8 + neighbours);
  });
});
