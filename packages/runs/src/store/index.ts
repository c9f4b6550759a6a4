/**
 * Results of unfinished runs on disk, from which an interrupted run continues.
 *
 * @module
 */
export { isWritable, journalPath } from './journal-path.ts';
export { removeJournal } from './remove-journal.ts';
export { openStore, type RunStore } from './run-store.ts';
