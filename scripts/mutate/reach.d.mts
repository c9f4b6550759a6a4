/** Tests that reach a source file, nearest first. */
export function testsByDistance(
  root: string,
): (file: string) => { readonly test: string; readonly distance: number }[];
