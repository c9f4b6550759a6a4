import { FormatError } from '@polysem/io/bytes';
import { measuredResult } from './measured-result.ts';
import { phaseResult } from './phase-result.ts';
import type { Reach } from './reach.ts';
import type { ResultFile } from './result-file.ts';
import { trainedResult } from './trained-result.ts';

const KINDS =
  'give the JSON of polysem phase --json, measure --json or train --json --history, or a file of weights';

/**
 * Reads a JSON file that `polysem phase`, `measure` or `train` wrote, and checks every field that it uses.
 *
 * @param text the contents of the file.
 * @param file its name in errors.
 * @param reach largest sizes that the page can show.
 * @returns the result, by `kind`.
 * @throws FormatError of one line with the file, the field and what to do, if the file is none of these, is malformed, or
 * exceeds the reach.
 *
 * @example
 * ```js
 * import { parseResult } from 'polysem/reports';
 * parseResult('{"cells": []}', 'phase.json', {}); // throws FormatError
 * ```
 */
export function parseResult(text: string, file: string, reach: Reach): ResultFile {
  const value = parsed(text, file);
  const { spec, instances, configuration } = value;
  if (Array.isArray(instances))
    throw new FormatError(
      file,
      `instances: holds ${instances.length} models, and the lab shows one; train it with --instances 1`,
    );
  if ((configuration as { readonly command?: unknown } | null)?.command === 'compare')
    throw new FormatError(
      file,
      'is a comparison of two dictionaries; polysem compare --report writes the page that shows it',
    );
  if (configuration !== undefined) return measuredResult(value, file);
  if (typeof spec !== 'object' || spec === null)
    throw new FormatError(file, `spec is missing, as is configuration; ${KINDS}`);
  return 'model' in spec ? trainedResult(value, file, reach) : phaseResult(value, file, reach);
}

function parsed(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new FormatError(file, `is not valid JSON: ${message}; ${KINDS}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(file, `is not a JSON object; ${KINDS}`);
  return value as Record<string, unknown>;
}
