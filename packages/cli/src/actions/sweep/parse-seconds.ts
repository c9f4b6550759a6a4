import { UsageError } from '../../errors.ts';
import { parseNumber } from '../../parse.ts';

/** Parses a time in seconds from 0.1 to a day; undefined if the flag is absent. */
export function parseSeconds(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseNumber(text, flag);
  if (seconds < 0.1 || seconds > 86_400)
    throw new UsageError(`${flag}: must be from 0.1 to 86400 seconds, got ${text}`);
  return seconds;
}
