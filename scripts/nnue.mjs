// Reads the first layer of a chess network in the NNUE format of Stockfish: the embedding of its input features.
// The format (src/nnue in the project's sources): little-endian; version, hash, description; the feature transformer with
// its own hash, biases, weights (features x outputs) and piece-square values, each stored plainly or as signed LEB128.

const VERSION = 0x7af32f20;
/** Hash of the feature set HalfKAv2_hm. The hash of a transformer is this xor twice its number of outputs. */
const HALFKA_V2_HM = 0x7f234cb8;
const LEB128 = 'COMPRESSED_LEB128';

export const SQUARES = 64;
export const KINGS = 32;
/** Kinds of pieces in the order of the features: ours, then theirs; both kings share one. */
export const PIECES = ['pawn', 'knight', 'bishop', 'rook', 'queen'];
const PLANES = 2 * PIECES.length + 1;
export const FEATURES = KINGS * PLANES * SQUARES;
const BUCKETS = 8;

/**
 * Finds the largest network of this feature set anywhere in the bytes of a program or a file.
 *
 * @returns {{ description: string, outputs: number, biases: Float32Array, weights: Float32Array, psqt: Float64Array }}
 *   `weights` are FEATURES x outputs, `psqt` FEATURES x 8.
 */
export function findNetwork(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let best = null;
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(VERSION);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(magic); at >= 0; at = buffer.indexOf(magic, at + 1)) {
    const found = headerAt(view, buffer, at);
    if (found !== null && (best === null || found.outputs > best.outputs)) best = found;
  }
  if (best === null) throw new Error('no network of the feature set HalfKAv2_hm is in it');
  const { description, outputs, offset } = best;
  const biases = readNumbers(buffer, offset, outputs, 2);
  const weights = readNumbers(buffer, biases.end, FEATURES * outputs, 2);
  const psqt = readNumbers(buffer, weights.end, FEATURES * BUCKETS, 4);
  return {
    description,
    outputs,
    biases: Float32Array.from(biases.values),
    weights: Float32Array.from(weights.values),
    psqt: Float64Array.from(psqt.values),
  };
}

function headerAt(view, buffer, at) {
  if (at + 12 > buffer.length) return null;
  const length = view.getUint32(at + 8, true);
  const offset = at + 12 + length;
  if (length > 4096 || offset + 4 > buffer.length) return null;
  const twice = (view.getUint32(offset, true) ^ HALFKA_V2_HM) >>> 0;
  // Other bytes of a program can look like a header; their number of outputs is then implausible.
  if (twice === 0 || twice > 16_384 || twice % 32 !== 0) return null;
  const description = buffer.toString('latin1', at + 12, offset);
  return { description, outputs: twice / 2, offset: offset + 4 };
}

/** Reads `count` integers of 2 or 4 bytes at an offset; returns them and the offset of their end. */
function readNumbers(buffer, offset, count, size) {
  const values = size === 2 ? new Int16Array(count) : new Int32Array(count);
  if (buffer.toString('latin1', offset, offset + LEB128.length) !== LEB128) {
    const end = offset + count * size;
    if (end > buffer.length) throw new Error('the network ends too soon');
    for (let i = 0; i < count; i++) {
      const at = offset + i * size;
      values[i] = size === 2 ? buffer.readInt16LE(at) : buffer.readInt32LE(at);
    }
    return { values, end };
  }
  let at = offset + LEB128.length;
  const end = at + 4 + buffer.readUInt32LE(at);
  at += 4;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let shift = 0;
    let byte;
    do {
      if (at >= end || at >= buffer.length) throw new Error('the network ends too soon');
      byte = buffer[at++];
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    values[i] = shift < 32 && byte & 0x40 ? value | (-1 << shift) : value;
  }
  if (at !== end) throw new Error('the network holds more numbers than it should');
  return { values, end };
}

/**
 * Gives the meaning of an input feature: a piece on a square, seen by a side whose king is on one of 32 squares. Ranks are
 * counted from that side, and the board is mirrored so that the king is on files e to h.
 *
 * @returns {{ side: 'our' | 'their', piece: string, square: string, king: string, possible: boolean }} `possible` is
 *   false if no position has the feature: pawns on the first or last rank, a piece on our king's square, adjacent kings.
 */
export function featureMeaning(feature) {
  const square = feature % SQUARES;
  const plane = Math.floor(feature / SQUARES) % PLANES;
  const bucket = Math.floor(feature / (SQUARES * PLANES));
  // Bucket 0 is h8, 3 is e8, 31 is e1.
  const king = (7 - Math.floor(bucket / 4)) * 8 + 7 - (bucket % 4);
  const names = { square: squareName(square), king: squareName(king) };
  if (plane === PLANES - 1) {
    const side = square === king ? 'our' : 'their';
    const near = Math.max(
      Math.abs((square % 8) - (king % 8)),
      Math.abs((square >> 3) - (king >> 3)),
    );
    return { side, piece: 'king', ...names, possible: near !== 1 };
  }
  const piece = PIECES[plane >> 1];
  const rank = square >> 3;
  const possible = square !== king && (piece !== 'pawn' || (rank > 0 && rank < 7));
  return { side: plane % 2 === 0 ? 'our' : 'their', piece, ...names, possible };
}

function squareName(square) {
  return `${'abcdefgh'[square % 8]}${(square >> 3) + 1}`;
}
