import type { ForeignFunction, ForeignLibrary } from './load-koffi.ts';

/** Spelling of the names in a library, and the size of its integers. */
export interface Spelling {
  readonly prefix: string;
  /** Ends the names of C functions. */
  readonly suffix: string;
  /** C type of sizes. */
  readonly integer: 'int' | 'int64_t';
}

/** Spellings of builds of BLAS: with 32-bit sizes, with 64-bit sizes, and those in the wheels of numpy and scipy. */
const SPELLINGS: readonly Spelling[] = ['', 'scipy_'].flatMap((prefix) => [
  { prefix, suffix: '64_', integer: 'int64_t' } as const,
  { prefix, suffix: '', integer: 'int' } as const,
]);

/** The spelling of a library that has matrix products with an interface for C; null if it has none. */
export function spellingOf(library: ForeignLibrary): Spelling | null {
  const spelling = SPELLINGS.find((one) => cblas(library, one, 'sgemm', 'int a') !== null);
  if (spelling === undefined) return null;
  const isLong = configurationOf(library, spelling)?.includes('USE64BITINT') === true;
  return isLong ? { ...spelling, integer: 'int64_t' } : spelling;
}

/** The text in which OpenBLAS describes its build; undefined for other libraries. */
export function configurationOf(library: ForeignLibrary, spelling: Spelling): string | undefined {
  return textOf(library, spelling, 'get_config');
}

/** The text that a function of OpenBLAS returns; undefined for other libraries. */
export function textOf(
  library: ForeignLibrary,
  { prefix, suffix }: Spelling,
  name: string,
): string | undefined {
  const call = found(library, `const char *${prefix}openblas_${name}${suffix}()`);
  return call?.() as string | undefined;
}

/** A function of CBLAS. Parameters are declared in C, with `N` for sizes. */
export function cblas(
  library: ForeignLibrary,
  { prefix, suffix, integer }: Spelling,
  name: string,
  parameters: string,
): ForeignFunction | null {
  const declared = parameters.replaceAll(/\bN\b/g, integer);
  return found(library, `void ${prefix}cblas_${name}${suffix}(${declared})`);
}

/** A routine of LAPACK, in the convention of Fortran. */
export function lapack(
  library: ForeignLibrary,
  { prefix, suffix }: Spelling,
  name: string,
  parameters: string,
): ForeignFunction | null {
  return found(library, `void ${prefix}${name}_${suffix}(${parameters})`);
}

/** A function by its prototype; null if the library does not have it. */
export function found(library: ForeignLibrary, prototype: string): ForeignFunction | null {
  try {
    return library.func(prototype);
  } catch {
    return null;
  }
}
