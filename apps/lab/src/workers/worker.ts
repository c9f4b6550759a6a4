// One script for all workers of the page, so that it is downloaded once: the pool starts some as its threads, and the
// page starts one that trains the network it shows.
// Imported for what it does: it answers the messages of a pool.
// oxlint-disable-next-line import/no-unassigned-import
import '@polysem/threads/browser-row-worker';
import type { FromTrainer, ToTrainer } from './messages.ts';

interface Scope {
  postMessage: (message: FromTrainer) => void;
  addEventListener: (
    type: 'message',
    listener: (event: { readonly data: ToTrainer }) => void,
  ) => void;
}
const scope = globalThis as unknown as Scope;

let training: Promise<(message: ToTrainer) => void> | null = null;

scope.addEventListener('message', ({ data }) => {
  if (!data.kind.startsWith('lab-')) return;
  // Threads of the pool never need it.
  training ??= import('./live-training.ts').then(({ liveTraining }) =>
    // Workers are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    liveTraining((message) => scope.postMessage(message)),
  );
  void training.then((handle) => handle(data));
});
