import type { ByteSource } from '../bytes/byte-source.ts';

/**
 * Says that bytes follow the last tensor of a file; undefined if none do.
 *
 * @param end offset behind the last byte that belongs to the file.
 * @param advice what to do about them.
 */
export function trailingBytes(source: ByteSource, end: number, advice: string): string | undefined {
  const rest = source.size - end;
  if (rest <= 0) return undefined;
  return `the last ${rest} bytes belong to no tensor and are ignored; ${advice}`;
}
