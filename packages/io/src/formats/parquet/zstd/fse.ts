import type { BackwardBits } from './backward-bits.ts';

/** A decoding table of finite state entropy: per state a symbol, and the next state as a base and added bits. */
export interface FseTable {
  /** Logarithm of the number of states. */
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/**
 * Makes the table of a distribution: probabilities in units of 2^-log, where -1 is a probability below one unit.
 *
 * Source: RFC 8878, section 4.1.1.
 */
export function fseTable(probabilities: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(probabilities.length);
  let high = size;
  probabilities.forEach((probability, symbol) => {
    if (probability === -1) symbols[--high] = symbol;
    next[symbol] = Math.abs(probability);
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  probabilities.forEach((probability, symbol) => {
    for (let i = 0; i < probability; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const value = next[symbols[state]]++;
    bits[state] = log - (31 - Math.clz32(value));
    bases[state] = (value << bits[state]) - size;
  }
  return { log, symbols, bits, bases };
}

/** A table with one symbol, which takes no bits. */
export function fseConstant(symbol: number): FseTable {
  const zero = new Uint8Array(1);
  return { log: 0, symbols: Uint8Array.of(symbol), bits: zero, bases: new Uint16Array(1) };
}

/** Returns the state after `state`. */
export function nextState({ bits, bases }: FseTable, state: number, stream: BackwardBits): number {
  return bases[state] + stream.read(bits[state]);
}

/**
 * Reads the description of a table from offset `from`.
 *
 * @param largest the largest symbol.
 * @param mostLog the largest logarithm of the number of states.
 * @returns the table, and the offset behind its description.
 * @throws RangeError if it is damaged.
 */
export function readFseTable(
  bytes: Uint8Array,
  from: number,
  largest: number,
  mostLog: number,
): { readonly table: FseTable; readonly end: number } {
  let at = 8 * from;
  const read = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) {
      if (at >> 3 >= bytes.length) throw new RangeError('a table of zstd ends too early');
      value |= ((bytes[at >> 3] >> (at & 7)) & 1) << i;
    }
    return value;
  };
  const log = read(4) + 5;
  if (log > mostLog) throw new RangeError('a table of zstd is too large');
  let left = 1 << log;
  const probabilities: number[] = [];
  while (left > 0) {
    const probability = readProbability(read, left);
    left -= Math.abs(probability);
    probabilities.push(probability);
    if (probability !== 0) continue;
    let more = 3;
    while (more === 3) {
      more = read(2);
      for (let i = 0; i < more; i++) probabilities.push(0);
      if (probabilities.length > largest + 1) break;
    }
  }
  if (left < 0 || probabilities.length > largest + 1)
    throw new RangeError('a table of zstd has impossible probabilities');
  return { table: fseTable(probabilities, log), end: Math.ceil(at / 8) };
}

/** Reads one probability; small values take one bit less. */
function readProbability(read: (count: number) => number, left: number): number {
  const bits = 32 - Math.clz32(left + 1);
  const low = read(bits - 1);
  const short = (1 << bits) - 1 - (left + 1);
  if (low < short) return low - 1;
  const value = low + (read(1) << (bits - 1));
  return (value >= 1 << (bits - 1) ? value - short : value) - 1;
}
