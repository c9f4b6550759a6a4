/** TABLES[k][byte]: contribution to the sum of a byte that is followed by k zero bytes. */
const TABLES: readonly Uint32Array[] = tables();

function tables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  const all = [first];
  for (let k = 1; k < 8; k++) {
    all.push(all[k - 1].map((crc) => first[crc & 0xff] ^ (crc >>> 8)));
  }
  return all;
}

/**
 * Computes the CRC-32 of bytes with the polynomial of zip, gzip and PNG, as an unsigned number. `before` is the CRC of
 * the preceding bytes, so that a stream can be summed in pieces.
 *
 * Takes eight bytes per step: Kounavis and Berry, "A systematic approach to building high performance software-based
 * CRC generators", 2005 ("slicing-by-8").
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  const count = bytes.length;
  let crc = ~before;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    crc =
      t7[(crc ^ bytes[i]) & 0xff] ^
      t6[((crc >>> 8) ^ bytes[i + 1]) & 0xff] ^
      t5[((crc >>> 16) ^ bytes[i + 2]) & 0xff] ^
      t4[(crc >>> 24) ^ bytes[i + 3]] ^
      t3[bytes[i + 4]] ^
      t2[bytes[i + 5]] ^
      t1[bytes[i + 6]] ^
      t0[bytes[i + 7]];
  }
  for (; i < count; i++) crc = t0[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
