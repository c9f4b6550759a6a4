/** Name of an engine. */
export type EngineName = 'redis' | 'nats' | 'slurm';
/** Names of the engines. */
export const engineNames: readonly EngineName[];
/** Path of a program, or null if there is none. */
export function findProgram(name: string, folders?: readonly string[]): string | null;
/** Programs of an engine that are missing. */
export function missingPrograms(engine: EngineName, folders?: readonly string[]): string[];
/** The reason why tests of an engine are skipped, or null if it can be started. */
export function whyNot(engine: EngineName, folders?: readonly string[]): string | null;
/** True where Debian packages can be installed. */
export function canInstall(): boolean;
/** Installs the Debian packages of engines. */
export function installEngines(
  engines: readonly EngineName[],
  run?: (program: string, words: readonly string[]) => void,
): void;
/** Installs the engines that are missing, where that is possible, and says which tests will be skipped and why. */
export function prepareEngines(say?: (line: string) => void): void;
