/** Type-checks a program that imports every path of the installed package; returns the resolutions. */
export function tryTypes(
  project: { readonly folder: string },
  names?: readonly ('nodenext' | 'bundler')[],
): string[];
