import { FILE_PARAMETERS } from '../cells/file-parameters.ts';
import { fileDigest } from '../cells/file-digest.ts';
import type { Path } from './source.ts';
import type { Points } from './check-cells.ts';
import { problemAt } from './source.ts';

/**
 * The SHA-256 of every file that a document names. Each file is read once; those whose digest is known are not read, and are
 * compared when a cell opens them.
 *
 * @param points parameters and axes.
 * @param known digests that the document gives.
 * @param folder folder against which paths are resolved.
 * @returns the digests by path.
 * @throws UsageError if a file cannot be read.
 */
export function digestsOf(
  { fixed, axes, source }: Pick<Points, 'fixed' | 'axes' | 'source'>,
  known: Readonly<Record<string, string>>,
  folder: string,
): Record<string, string> {
  const places = axes.flatMap(({ varied }) =>
    varied
      .filter(({ parameter }) => Object.hasOwn(FILE_PARAMETERS, parameter))
      .flatMap(({ values, path }) =>
        Array.from(values, (value, place) => ({ value, path: [...path, place] as Path })),
      ),
  );
  const digests: Record<string, string> = {};
  const fixedPlaces = Object.keys(FILE_PARAMETERS).map((name) => ({
    value: fixed[name],
    path: ['parameters', name] as Path,
  }));
  for (const { value, path } of [...fixedPlaces, ...places]) {
    if (typeof value !== 'string' || Object.hasOwn(digests, value)) continue;
    if (Object.hasOwn(known, value)) {
      digests[value] = known[value];
      continue;
    }
    try {
      digests[value] = fileDigest(folder, value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw problemAt(source, path, error.message.replace(/^file: /, ''));
    }
  }
  return digests;
}
