import type { StreamOrder, StreamReport } from './stream-messages.ts';
import { serveStream } from './stream-serve.ts';

/** What is needed of the global scope of a browser's worker. */
interface WorkerScope {
  postMessage: (report: StreamReport, transfer: readonly ArrayBuffer[]) => void;
  addEventListener: (
    type: 'message',
    listener: (event: { readonly data: StreamOrder }) => void,
  ) => void;
}

const scope = globalThis as unknown as WorkerScope;
const take = serveStream((report, transfer) => scope.postMessage(report, transfer));
scope.addEventListener('message', ({ data }) => take(data));
