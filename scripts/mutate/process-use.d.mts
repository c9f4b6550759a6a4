/** Seconds of the processor of a process, and those and the memory of its descendants, without some children. */
export function useOf(
  pid: number,
  ignored?: ReadonlySet<string>,
): { readonly own: number; readonly seconds: number; readonly bytes: number };

/** Numbers of the children of a process, as text. */
export function childrenOf(pid: number): string[];
