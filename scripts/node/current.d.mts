/** Folder of the package with its own lockfile. */
export declare const folder: string;

/** Returns whether this machine's own Node should be used: it is current, or `POLYSEM_NODE=own` asks for it. */
export declare function usesOwn(
  version?: string,
  environment?: Readonly<Record<string, string | undefined>>,
): boolean;

/** Returns the path of the Node to run: this one, or the installed one if it is newer and starts. */
export declare function currentNode(): string;
