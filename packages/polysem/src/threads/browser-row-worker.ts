/**
 * A worker that trains and computes rows of phase diagrams, without the code that measures.
 *
 * @module
 */
// A worker has nothing to import by name.
// oxlint-disable-next-line import/no-unassigned-import
import '@polysem/threads/browser-row-worker';
