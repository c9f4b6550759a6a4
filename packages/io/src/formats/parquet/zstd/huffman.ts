import { backwardBits } from './backward-bits.ts';
import { nextState, readFseTable } from './fse.ts';

/** A Huffman table: per `log` bits that come next, the symbol and the bits of its code. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

/** Longest code in bits. */
const LONGEST = 11;

/**
 * Reads a Huffman table from offset `from`.
 *
 * Source: RFC 8878, section 4.2.1.
 * @returns the table, and the offset behind its description.
 * @throws RangeError if it is damaged.
 */
export function readHuffmanTable(
  bytes: Uint8Array,
  from: number,
): { readonly table: HuffmanTable; readonly end: number } {
  if (from >= bytes.length) throw damaged();
  const head = bytes[from];
  const isDirect = head >= 128;
  const count = head - 127;
  const end = from + 1 + (isDirect ? (count + 1) >> 1 : head);
  if (end > bytes.length) throw damaged();
  const weights = isDirect
    ? Array.from(
        { length: count },
        (_, i) => (bytes[from + 1 + (i >> 1)] >> (i % 2 === 0 ? 4 : 0)) & 15,
      )
    : readWeights(bytes.subarray(from + 1, end));
  return { table: huffmanTable(weights), end };
}

/** Reads weights that two interleaved states of one table give. */
function readWeights(bytes: Uint8Array): number[] {
  const { table, end } = readFseTable(bytes, 0, 255, 6);
  const stream = backwardBits(bytes.subarray(end));
  const states = [stream.read(table.log), stream.read(table.log)];
  const weights: number[] = [];
  for (let turn = 0; ; turn = 1 - turn) {
    if (weights.length > 253) throw damaged();
    weights.push(table.symbols[states[turn]]);
    // The stream ends where a state cannot be updated; the other state has the last symbol.
    if (table.bits[states[turn]] > stream.left()) {
      weights.push(table.symbols[states[1 - turn]]);
      return weights;
    }
    states[turn] = nextState(table, states[turn], stream);
  }
}

/** Makes the table of weights; that of the last symbol follows from the others. */
function huffmanTable(weights: readonly number[]): HuffmanTable {
  const sum = weights.reduce((all, weight) => all + (weight > 0 ? 2 ** (weight - 1) : 0), 0);
  const log = 32 - Math.clz32(sum);
  const rest = 2 ** log - sum;
  const last = 31 - Math.clz32(rest);
  // A weight above LONGEST makes `log` larger, or, from 33 on, `rest` negative; weights of zero leave one code of one bit.
  if (log > LONGEST || rest !== 2 ** last) throw damaged();
  const all = [...weights, last + 1];
  const ones = all.filter((weight) => weight === 1).length;
  if (ones < 2 || ones % 2 === 1) throw damaged();
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    all.forEach((each, symbol) => {
      if (each !== weight) return;
      const length = 1 << (weight - 1);
      symbols.fill(symbol, at, at + length);
      bits.fill(log + 1 - weight, at, at + length);
      at += length;
    });
  }
  return { log, symbols, bits };
}

/** Decodes one stream, which must fill `out` and end there. */
export function decodeHuffman(table: HuffmanTable, bytes: Uint8Array, out: Uint8Array): void {
  const stream = backwardBits(bytes);
  for (let i = 0; i < out.length; i++) {
    const next = stream.peek(table.log);
    out[i] = table.symbols[next];
    stream.skip(table.bits[next]);
    if (stream.left() < 0) throw damaged();
  }
  if (stream.left() !== 0) throw damaged();
}

function damaged(): RangeError {
  return new RangeError('literals of zstd are damaged');
}
