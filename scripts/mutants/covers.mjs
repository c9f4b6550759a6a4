// Damage beneath lengths and checksums: a part of a file is damaged, and what covers it is written again, so that the
// damage reaches the code behind those checks.

import { deflateSync, inflateSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';

/** Damages one member of a zip and writes the archive again, with right sizes and sums. */
export function insideZip(bytes, draws, damage) {
  const members = unzipSync(bytes);
  const name = draws.pick(Object.keys(members));
  const level = draws.chance(0.2) ? 6 : 0;
  members[name] = members[name].length > 0 ? damage(members[name], draws) : members[name];
  return zipSync(members, { level });
}

/** Damages the text of an npy header and writes its length again. */
export function insideNpy(bytes, draws, damage) {
  const isShort = bytes[6] === 1;
  const begin = isShort ? 10 : 12;
  const buffer = Buffer.from(bytes);
  const end = begin + (isShort ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8));
  const text = Buffer.from(damage(bytes.subarray(begin, end), draws));
  const head = buffer.subarray(0, begin);
  if (isShort) head.writeUInt16LE(text.length & 0xffff, 8);
  else head.writeUInt32LE(text.length, 8);
  return new Uint8Array(Buffer.concat([head, text, bytes.subarray(end)]));
}

/** Damages the JSON header of a safetensors file and writes its length again. */
export function insideSafetensors(bytes, draws, damage) {
  const end = 8 + Number(Buffer.from(bytes).readBigUInt64LE(0));
  const text = damage(bytes.subarray(8, end), draws);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([length, text, bytes.subarray(end)]));
}

/** Damages the footer of a Parquet file and writes its length again. */
export function insideParquet(bytes, draws, damage) {
  const length = Buffer.from(bytes).readUInt32LE(bytes.length - 8);
  const begin = bytes.length - 8 - length;
  const footer = damage(bytes.subarray(begin, bytes.length - 8), draws);
  const tail = Buffer.alloc(8, 'PAR1');
  tail.writeUInt32LE(footer.length, 0);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, begin), footer, tail]));
}

const MI_COMPRESSED = 15;

/** Damages one compressed variable of a little-endian MAT-file before its compression. */
export function insideMat(bytes, draws, damage) {
  const buffer = Buffer.from(bytes);
  const elements = [];
  for (let at = 128; at + 8 <= bytes.length;) {
    const [type, length] = [buffer.readUInt32LE(at), buffer.readUInt32LE(at + 4)];
    if (type === MI_COMPRESSED) elements.push([at, at + 8 + length]);
    at += 8 + length;
  }
  if (elements.length === 0) return damage(bytes, draws);
  const [at, end] = draws.pick(elements);
  const packed = deflateSync(
    damage(new Uint8Array(inflateSync(bytes.subarray(at + 8, end))), draws),
  );
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(MI_COMPRESSED, 0);
  tag.writeUInt32LE(packed.length, 4);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, at), tag, packed, bytes.subarray(end)]));
}
