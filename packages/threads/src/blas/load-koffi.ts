import { createRequire } from 'node:module';

/** A function of a library. Pointers are typed arrays; 64-bit integers are numbers. */
export type ForeignFunction = (...args: readonly unknown[]) => unknown;

/** A loaded library. */
export interface ForeignLibrary {
  /** Declares a function by its prototype in C. @throws Error if the library has none of that name. */
  readonly func: (prototype: string) => ForeignFunction;
}

/** The part of the package koffi that is used here. Declared here, because the package is optional. */
export interface Koffi {
  readonly load: (path: string) => ForeignLibrary;
}

/** The package koffi, which calls functions of C libraries; null if it is not installed. */
export function loadKoffi(): Koffi | null {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    return null;
  }
}
