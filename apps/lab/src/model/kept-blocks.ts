import type { ByteSource } from '@polysem/io/bytes';

const BLOCK = 4 * 2 ** 20;
/** Bytes kept; the browser may move them to disk. */
const MOST = 2 ** 30;

/** Keeps the blocks of a file on the web that were read, because a measurement reads its matrix several times. */
export function keptBlocks(source: ByteSource): ByteSource {
  const blocks = new Map<number, Promise<Blob>>();
  const block = (at: number): Promise<Blob> => {
    let found = blocks.get(at);
    if (found === undefined) {
      const from = at * BLOCK;
      found = source
        .read(from, Math.min(BLOCK, source.size - from))
        .then((bytes) => new Blob([bytes as Uint8Array<ArrayBuffer>]));
      found.catch(() => blocks.delete(at));
      if (blocks.size * BLOCK >= MOST) blocks.delete(blocks.keys().next().value!);
      blocks.set(at, found);
    }
    return found;
  };
  return {
    ...source,
    read: async (offset, length) => {
      // Headers are small, and read once.
      if (length < BLOCK / 16 && !blocks.has(Math.floor(offset / BLOCK)))
        return source.read(offset, length);
      if (offset < 0 || length <= 0 || offset + length > source.size)
        return source.read(offset, length);
      const first = Math.floor(offset / BLOCK);
      const last = Math.floor((offset + length - 1) / BLOCK);
      const all = await Promise.all(
        Array.from({ length: last - first + 1 }, (_, k) => block(first + k)),
      );
      const from = offset - first * BLOCK;
      const part = new Blob(all).slice(from, from + length);
      return new Uint8Array(await part.arrayBuffer());
    },
  };
}
