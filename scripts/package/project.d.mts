/** An empty project with the installed package. */
export interface InstalledProject {
  readonly folder: string;
  readonly tarball: string;
  /** Runs the installed command with a Node (default: this one); returns its stdout, or throws if it fails. */
  readonly polysem: (words: readonly string[], node?: string) => string;
}

/** Packs the package and installs it in a new project. */
export function installedProject(packageFolder: string, folder: string): InstalledProject;

/** Runs a program that must succeed; returns its stdout. */
export function output(program: string, words: readonly string[], cwd: string): string;
