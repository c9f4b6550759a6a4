/**
 * True for the first call with a name in this process. Each project of vitest.config.ts asks for the global setup, and Vitest
 * loads its files again for each, so a variable of the module would be false each time.
 */
export function isFirstTime(name: string): boolean {
  const key = Symbol.for(`polysem: ${name}`);
  if (key in globalThis) return false;
  Object.defineProperty(globalThis, key, { value: true });
  return true;
}
