/** Path of a browser, or null if there is none. */
export function findBrowser(): string | null;
/** True if a browser, or a faster one, can be installed. */
export function canInstallBrowser(): boolean;
/** Installs a browser. */
export function installBrowser(): Promise<void>;
