/**
 * True for the first call with a name in this process. Each project of vitest.config.ts asks for the global setup, and Vitest
 * loads its files anew for each, so that a variable of a module does not tell.
 */
export function isFirstTime(name: string): boolean {
  const key = Symbol.for(`polysem: ${name}`);
  if (key in globalThis) return false;
  Object.defineProperty(globalThis, key, { value: true });
  return true;
}
