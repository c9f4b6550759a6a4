/** A heap as its parts. */
export interface HeapParts {
  /** Number and bytes of the objects, functions, arrays and texts that a program creates. */
  readonly objects: number;
  readonly data: number;
  /** Bytes of bytecode, machine code, feedback and hidden classes. */
  readonly code: number;
}
/** Sums a heap snapshot of V8. */
export function heapParts(snapshot: {
  readonly snapshot: {
    readonly meta: { readonly node_fields: string[]; readonly node_types: unknown[] };
  };
  readonly nodes: readonly number[];
}): HeapParts;
