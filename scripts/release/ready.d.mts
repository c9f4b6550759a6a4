/** Reasons against a release of a version, one line each. */
export function obstacles(root: string, version: string): string[];
