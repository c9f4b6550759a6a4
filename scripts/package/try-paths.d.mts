/** Imports every path of the installed package with a Node (default: this one); returns their number. */
export function tryPaths(project: { readonly folder: string }, node?: string): number;
