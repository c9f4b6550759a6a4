/** The structure of the code as Markdown. */
export function structure(): string;
/** The part of docs/architecture.md that shows it. */
export function structureOnPage(): string;
