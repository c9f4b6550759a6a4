// The script of the workers of this page, loaded on demand: one opens and measures weights, and starts others as threads of
// its pool.
// Imported for what it does: it answers the messages of a pool.
// oxlint-disable-next-line import/no-unassigned-import
import '@polysem/threads/browser-worker';
import type { FromModel, ToModel } from './messages.ts';

interface Scope {
  postMessage: (message: FromModel) => void;
  addEventListener: (
    type: 'message',
    listener: (event: { readonly data: ToModel }) => void,
  ) => void;
}
const scope = globalThis as unknown as Scope;

let work: Promise<(message: ToModel) => void> | null = null;

scope.addEventListener('message', ({ data }) => {
  if (!data.kind.startsWith('model-')) return;
  // Threads of the pool never need it.
  work ??= import('./work.ts').then(({ modelWork }) =>
    // Workers are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    modelWork((message) => scope.postMessage(message)),
  );
  void work.then((handle) => handle(data));
});
