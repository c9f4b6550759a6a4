import type { LogAxis } from '@polysem/engine/phase';
import { openTensors } from '@polysem/io';
import { openFile } from '@polysem/io/node';
import { UsageError } from './errors.ts';

/** A number, for the flag named. */
export function parseNumber(text: string, flag: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value))
    throw new UsageError(`${flag}: expected a number, got ${JSON.stringify(text)}`);
  return value;
}

/** The largest integer that a double holds exactly: the limit of seeds. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** An integer between two bounds. */
export function parseInteger(
  text: string,
  flag: string,
  least: number,
  most: number = LARGEST,
): number {
  const value = parseNumber(text, flag);
  if (value > most)
    throw new UsageError(`${flag}: expected at most ${most}, got ${JSON.stringify(text)}`);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new UsageError(
      `${flag}: expected an integer of at least ${least}, got ${JSON.stringify(text)}`,
    );
  }
  return value;
}

/** How many threads; undefined for as many as there are processors. */
export function parseThreads(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInteger(text, '--threads', 1, 512);
}

/** One of the words allowed. */
export function parseChoice<T extends string>(
  text: string,
  flag: string,
  allowed: readonly T[],
): T {
  const found = allowed.find((word) => word === text);
  if (found === undefined)
    throw new UsageError(
      `${flag}: expected one of ${allowed.join(', ')}, got ${JSON.stringify(text)}`,
    );
  return found;
}

/** Numbers separated by commas, or those of a one-dimensional .npy file. */
export async function parseList(text: string, flag: string): Promise<number[]> {
  if (!text.endsWith('.npy')) return text.split(',').map((part) => parseNumber(part, flag));
  const source = await openFile(text);
  try {
    const file = await openTensors(source);
    const tensor = await file.read(file.entries[0].name);
    if (tensor.shape.length !== 1) {
      throw new UsageError(
        `${flag}: ${text} has shape ${tensor.shape.join(' x ') || 'of a single number'}; a list of numbers has one dimension`,
      );
    }
    return Array.from(tensor.data);
  } finally {
    await source.close();
  }
}

/** `from:to:count`, an axis in equal ratios. */
export function parseAxis(text: string, flag: string): LogAxis {
  const parts = text.split(':');
  if (parts.length !== 3)
    throw new UsageError(
      `${flag}: expected from:to:count, such as 1:0.001:64, got ${JSON.stringify(text)}`,
    );
  return {
    from: parseNumber(parts[0], flag),
    to: parseNumber(parts[1], flag),
    count: parseInteger(parts[2], flag, 1, 10_000),
  };
}

/** The option's text, or one line that it is missing. */
export function required(text: string | undefined, flag: string, example: string): string {
  if (text === undefined)
    throw new UsageError(`${flag}: is missing; for example ${flag} ${example}`);
  return text;
}
