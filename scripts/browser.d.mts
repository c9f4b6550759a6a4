/** Path of a browser, or null if there is none. */
export function findBrowser(): string | null;
/** Installs a browser where that is possible. Returns true if a browser is then available. */
export function installBrowser(): boolean;
