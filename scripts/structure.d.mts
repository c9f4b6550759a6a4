/** Structure of the code as Markdown. */
export function structure(): string;
/** Part of docs/architecture.md that shows the structure. */
export function structureOnPage(): string;
