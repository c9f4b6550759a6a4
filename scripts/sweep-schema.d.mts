/** Parameters and measurements of every computation as Markdown. */
export function sweepTables(): string;
/** Part of docs/sweeps.md that shows them. */
export function sweepTablesOnPage(): string;
