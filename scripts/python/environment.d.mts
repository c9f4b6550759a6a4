/** Folder of the virtual environment of the tests. */
export const environmentFolder: string;
/** Path of the interpreter of an environment. */
export function interpreterOf(folder: string): string;
/** The reason why an environment cannot be used, or null if it can. */
export function whyNoPython(folder?: string): string | null;
/** First interpreter that is new enough, or null if none is found. */
export function findPython(names?: readonly string[]): string | null;
/** Makes the environment if it is missing or old, and says which tests will be skipped and why if it cannot. */
export function preparePython(say?: (line: string) => void, folder?: string): void;
