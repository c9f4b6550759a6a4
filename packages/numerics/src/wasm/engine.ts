/** The part of the WebAssembly interface that kernels use. Declared here, because TypeScript has it only in its DOM library. */
export interface WebAssemblyEngine {
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Readonly<Record<string, (...args: number[]) => number>> };
  readonly Memory: {
    new (limits: { readonly initial: number }): {
      readonly buffer: ArrayBuffer;
      readonly grow: (pages: number) => number;
    };
    /** A memory that several threads can use. */
    new (limits: {
      readonly initial: number;
      readonly maximum: number;
      readonly shared: true;
    }): SharedMemory;
  };
}

/** A memory that several threads can use; it can be sent to them. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/**
 * The engine's WebAssembly interface, or null if it has none.
 *
 * @returns the interface, or null.
 * @example
 * ```js
 * import { webAssembly } from '@polysem/numerics/wasm';
 * webAssembly() !== null; // true
 * ```
 */
export function webAssembly(): WebAssemblyEngine | null {
  // Declarations of the DOM, where a program includes them, give another type.
  return (globalThis as unknown as { WebAssembly?: WebAssemblyEngine }).WebAssembly ?? null;
}
