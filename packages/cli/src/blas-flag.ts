import { findBlas, type Blas } from '@polysem/threads/node';
import { UsageError } from './errors.ts';
import { note } from './output.ts';

/** The library that `--blas` selects; null for none. Notes on stderr if `auto` finds none. */
export function parseBlas(choice: string, threads: number | undefined): Blas | null {
  try {
    const found = findBlas(choice, threads);
    if (found === null && choice === 'auto')
      note(
        'no BLAS was found, so polysem uses its own kernels; install koffi (npm install koffi) and OpenBLAS, or give --blas the path of a library',
      );
    return found;
  } catch (error) {
    throw new UsageError(`--blas: ${(error as Error).message}`);
  }
}
