/** Builds the published package in a folder from what `npm run build` made. */
export function buildPackage(folder: string): Promise<void>;
