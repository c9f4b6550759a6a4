// Damage of a file: each kind takes bytes and draws, and returns other bytes.

/** Whole numbers at which readers go wrong: small, negative, and just beside each limit of an integer. */
const LIMITS = [
  0n,
  1n,
  2n,
  -1n,
  -2n,
  127n,
  128n,
  255n,
  256n,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x10000n,
  0xffffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  1n << 40n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 63n,
];
/** Bytes with a meaning in binary formats or in text. */
const MARKS = [0, 1, 2, 0x7f, 0x80, 0xff, ...Buffer.from('"\'{}[](),:;-+.eE09 \n\r\t#=\\')];
/** Numbers in text. */
const NUMERALS = [
  '0',
  '1',
  '-1',
  '2',
  '00',
  '1.5',
  '1e3',
  '1e400',
  '65536',
  '16777215',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '18446744073709551616',
  'NaN',
  'null',
];

/** A position in the file: anywhere, or near its beginning or end, where headers are. */
function place(bytes, draws) {
  const near = Math.min(bytes.length, draws.pick([16, 64, 256]));
  if (draws.chance(0.6)) return draws.below(bytes.length);
  return draws.chance(0.6) ? draws.below(near) : bytes.length - 1 - draws.below(near);
}

function joined(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/** The bytes with those from `at` to `end` replaced. */
function replaced(bytes, at, end, by) {
  return joined(bytes.subarray(0, at), by, bytes.subarray(end));
}

/** A short range of the file. */
function range(bytes, draws) {
  const at = place(bytes, draws);
  return [at, Math.min(bytes.length, at + 1 + draws.below(draws.pick([4, 16, 128])))];
}

function setBytes(bytes, draws, count, valueAt) {
  const out = bytes.slice();
  for (let i = 0; i < count; i++) {
    const at = place(bytes, draws);
    out[at] = valueAt(out[at]);
  }
  return out;
}

function setInteger(bytes, draws) {
  const size = draws.pick([1, 2, 4, 4, 8, 8]);
  if (bytes.length < size) return bytes;
  const at = Math.min(place(bytes, draws), bytes.length - size);
  const near = BigInt(bytes.length + draws.below(5) - 2);
  let value = BigInt.asUintN(8 * size, draws.chance(0.2) ? near : draws.pick(LIMITS));
  const out = bytes.slice();
  const isBig = draws.chance(0.2);
  for (let i = 0; i < size; i++) {
    out[isBig ? at + size - 1 - i : at + i] = Number(value & 0xffn);
    value >>= 8n;
  }
  return out;
}

/** All matches of a pattern in the bytes, taken as Latin-1 text. */
function matches(bytes, pattern) {
  return [...Buffer.from(bytes).toString('latin1').matchAll(pattern)];
}

function setNumeral(bytes, draws) {
  const found = matches(bytes, /-?\d+(?:\.\d+)?/g);
  if (found.length === 0) return setInteger(bytes, draws);
  const { 0: text, index } = draws.pick(found);
  const value = Number(text);
  const close = String(draws.pick([value + 1, value - 1, value * 2, -value, value + 8]));
  const numeral = draws.chance(0.6) ? close : draws.pick(NUMERALS);
  return replaced(bytes, index, index + text.length, Buffer.from(numeral));
}

/** Replaces one piece of text by another of the file: a word, a text in quotes, or a mark. */
function swapWord(bytes, draws) {
  const found = matches(bytes, /"[^"\n]{0,40}"|'[^'\n]{0,40}'|[A-Za-z_][\w.]{0,30}|[[\]{}(),:]/g);
  if (found.length < 2) return setInteger(bytes, draws);
  const [from, to] = [draws.pick(found), draws.pick(found)];
  const text = draws.chance(0.2) ? '' : from[0];
  return replaced(bytes, to.index, to.index + to[0].length, Buffer.from(text, 'latin1'));
}

function swapBlocks(bytes, draws) {
  const size = Math.min(1 + draws.below(32), Math.floor(bytes.length / 2));
  const [first, second] = [place(bytes, draws), place(bytes, draws)]
    .map((at) => Math.min(at, bytes.length - size))
    .toSorted((a, b) => a - b);
  if (second < first + size) return setInteger(bytes, draws);
  return joined(
    bytes.subarray(0, first),
    bytes.subarray(second, second + size),
    bytes.subarray(first + size, second),
    bytes.subarray(first, first + size),
    bytes.subarray(second + size),
  );
}

/** The kinds of damage, by name. */
export const DAMAGES = {
  'flip a bit': (bytes, draws) => setBytes(bytes, draws, 1, (byte) => byte ^ (1 << draws.below(8))),
  'change a byte': (bytes, draws) => setBytes(bytes, draws, 1, () => draws.pick(MARKS)),
  'count a byte up or down': (bytes, draws) =>
    setBytes(bytes, draws, 1, (byte) => byte + draws.pick([-2, -1, 1, 2])),
  'change several bytes': (bytes, draws) =>
    setBytes(bytes, draws, 2 + draws.below(3), () => draws.below(256)),
  'fill a range': (bytes, draws) => {
    const [at, end] = range(bytes, draws);
    return bytes.slice().fill(draws.pick(MARKS), at, end);
  },
  'cut the end': (bytes, draws) =>
    bytes.slice(0, draws.chance(0.5) ? draws.below(bytes.length) : -1 - draws.below(16)),
  'delete a range': (bytes, draws) => replaced(bytes, ...range(bytes, draws), new Uint8Array(0)),
  'insert bytes': (bytes, draws) => {
    const at = place(bytes, draws);
    const byte = draws.pick(MARKS);
    return replaced(bytes, at, at, new Uint8Array(1 + draws.below(8)).fill(byte));
  },
  'repeat a range': (bytes, draws) => {
    const [at, end] = range(bytes, draws);
    return replaced(bytes, end, end, bytes.subarray(at, end));
  },
  'copy a range elsewhere': (bytes, draws) => {
    const [at, end] = range(bytes, draws);
    const out = bytes.slice();
    out.set(bytes.subarray(at, end), Math.min(place(bytes, draws), bytes.length - (end - at)));
    return out;
  },
  'swap two blocks': swapBlocks,
  'change an integer': setInteger,
  'change a numeral': setNumeral,
  'swap words': swapWord,
};

const KINDS = Object.keys(DAMAGES);

/** Damages bytes once, or sometimes up to three times. Always returns at least one byte. */
export function damage(bytes, draws) {
  const times = draws.chance(0.75) ? 1 : 2 + draws.below(2);
  let out = bytes;
  for (let i = 0; i < times && out.length > 0; i++) out = DAMAGES[draws.pick(KINDS)](out, draws);
  return out.length > 0 ? out : bytes.slice(0, 1);
}
