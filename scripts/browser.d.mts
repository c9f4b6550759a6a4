/** Path of a browser, or null if there is none. */
export function findBrowser(): string | null;
/** Installs a browser where that is allowed; true if one is there afterwards. */
export function installBrowser(): boolean;
