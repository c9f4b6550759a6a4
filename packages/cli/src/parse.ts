import type { LogAxis } from '@polysem/engine/phase';
import { UsageError } from './errors.ts';

/**
 * Parses a finite number.
 *
 * @param flag the flag that errors name.
 * @throws UsageError if the text is not a finite number.
 */
export function parseNumber(text: string, flag: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value))
    throw new UsageError(`${flag}: expected a number, got ${JSON.stringify(text)}`);
  return value;
}

/** The largest integer that a double holds exactly. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** Parses an integer from `least` to `most`. @throws UsageError if it is not one. */
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

/** Parses `--threads`; undefined means one thread per processor. */
export function parseThreads(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInteger(text, '--threads', 1, 512);
}

/** Parses one of the allowed words. @throws UsageError for another word. */
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

/** Parses numbers separated by commas, or reads them from a one-dimensional .npy file or from standard input (`-`). */
export async function parseList(text: string, flag: string): Promise<number[]> {
  if (text !== '-' && !text.endsWith('.npy'))
    return text.split(',').map((part) => parseNumber(part, flag));
  const { readList } = await import('./read-list.ts');
  return readList(text, flag);
}

/** Parses `from:to:count`: an axis with logarithmic spacing. */
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

/** The text of a required option. @throws UsageError if it is missing. */
export function required(text: string | undefined, flag: string, example: string): string {
  if (text === undefined)
    throw new UsageError(`${flag}: is missing; give, for example, ${flag} ${example}`);
  return text;
}
