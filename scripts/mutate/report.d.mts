/** Numbers of mutants by outcome, and the share that the tests noticed; null where no mutant was tried. */
export function countsByRoom(
  results: readonly { readonly file: string; readonly outcome: string }[],
): { readonly room: string; readonly noticed: number | null }[];

/** Interval of 95 % for a share of which a sample is known. */
export function wilsonInterval(share: number, n: number): [number, number];
