import { crc32, inflateSync } from 'node:zlib';

/** Decodes the PNG files this package writes, and throws at a wrong signature, CRC or length. */
export function decodePng(bytes: Uint8Array): {
  width: number;
  height: number;
  pixel: (x: number, y: number) => number[];
} {
  const buffer = Buffer.from(bytes);
  if (buffer.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new Error('png: signature');
  const chunks = new Map<string, Buffer>();
  let at = 8;
  while (at < buffer.length) {
    const length = buffer.readUInt32BE(at);
    const body = buffer.subarray(at + 4, at + 8 + length);
    if (crc32(body) !== buffer.readUInt32BE(at + 8 + length)) throw new Error('png: CRC');
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(0);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if ([...header.subarray(8)].join() !== '8,6,0,0,0') throw new Error('png: format');
  if (chunks.get('IEND')?.length !== 0) throw new Error('png: end');
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  if (rows.length !== height * (1 + 4 * width)) throw new Error('png: size');
  return {
    width,
    height,
    pixel: (x, y) => {
      const row = y * (1 + 4 * width);
      if (rows[row] !== 0) throw new Error('png: filter');
      return [...rows.subarray(row + 1 + 4 * x, row + 5 + 4 * x)];
    },
  };
}

/** The PNG inside a data URI. */
export function decodePngUri(uri: string): ReturnType<typeof decodePng> {
  const prefix = 'data:image/png;base64,';
  if (!uri.startsWith(prefix)) throw new Error(`png: ${uri.slice(0, 30)}`);
  return decodePng(Buffer.from(uri.slice(prefix.length), 'base64'));
}
