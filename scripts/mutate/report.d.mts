/** Numbers of mutants by outcome, and the share that the tests noticed; null where no mutant was tried. */
export function countsByRoom(
  results: readonly { readonly file: string; readonly outcome: string }[],
): { readonly room: string; readonly noticed: number | null }[];
