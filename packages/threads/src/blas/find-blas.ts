import { availableParallelism } from 'node:os';
import { openBlas, type Blas } from './open-blas.ts';

/** Names by which systems find BLAS, the fastest first. */
const NAMES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    'libmkl_rt.so.2',
    'libopenblas.so.0',
    'libopenblas.so',
    'libblis.so.4',
    'libcblas.so.3',
    'libblas.so.3',
  ],
  darwin: ['/System/Library/Frameworks/Accelerate.framework/Accelerate'],
  win32: ['mkl_rt.2.dll', 'libopenblas.dll', 'openblas.dll'],
};

/**
 * Finds a library with BLAS.
 *
 * @param choice `off` for none, `auto` for the first that the system finds, or the path of one.
 * @param threads threads that measure; default: all processors.
 * @returns the library, or null if none is wanted or `auto` finds none.
 * @throws Error if the library at the path cannot be used.
 * @example
 * ```js
 * import { findBlas } from 'polysem/threads';
 * findBlas('off'); // null
 * ```
 */
export function findBlas(choice: string, threads: number = availableParallelism()): Blas | null {
  if (choice === 'off') return null;
  if (choice !== 'auto') return openBlas(choice, threads);
  for (const name of NAMES[process.platform] ?? []) {
    try {
      return openBlas(name, threads);
    } catch {
      // Not installed, or without an interface for C: try the next.
    }
  }
  return null;
}
