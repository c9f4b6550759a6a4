// The script of the worker that reads files of results, loaded when a file is opened.
import type { ReadResults, ToReader } from './opened.ts';
import { readResults } from './read-results.ts';

interface Scope {
  postMessage: (message: ReadResults) => void;
  addEventListener: (
    type: 'message',
    listener: (event: { readonly data: ToReader }) => void,
  ) => void;
}
const scope = globalThis as unknown as Scope;

scope.addEventListener('message', ({ data }) => {
  // In a page of one file all workers share one script.
  if (data.kind !== 'results-read') return;
  // Workers are not windows, and have no target origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  void readResults(data.place).then((read) => scope.postMessage(read));
});
