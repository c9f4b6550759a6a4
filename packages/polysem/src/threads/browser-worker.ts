/**
 * The worker that polysem/threads/browser starts.
 *
 * @module
 */
// A worker has nothing to import by name.
// oxlint-disable-next-line import/no-unassigned-import
import '@polysem/threads/browser-worker';
