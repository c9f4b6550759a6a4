import type { InstalledProject } from './project.mjs';

/** Tries the installed command with a Node (default: this one); returns the names of what was tried. */
export function tryCommand(project: InstalledProject, node?: string): Promise<string[]>;
