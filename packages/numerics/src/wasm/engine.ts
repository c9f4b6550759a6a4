/** The little of the WebAssembly interface that kernels use; every JavaScript engine has it, no library of types without a DOM does. */
export interface WebAssemblyEngine {
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly house: { readonly memory: object } },
  ) => { readonly exports: Readonly<Record<string, (...args: number[]) => number>> };
  readonly Memory: new (limits: { readonly initial: number }) => {
    readonly buffer: ArrayBuffer;
    readonly grow: (pages: number) => number;
  };
}

/** The engine, or null where there is none. */
export function webAssembly(): WebAssemblyEngine | null {
  return (globalThis as { WebAssembly?: WebAssemblyEngine }).WebAssembly ?? null;
}
