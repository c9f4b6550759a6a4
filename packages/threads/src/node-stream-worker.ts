import { parentPort, workerData } from 'node:worker_threads';
import { expectWideVectors } from '@polysem/numerics/wasm';
import type { StreamOrder } from './stream-messages.ts';
import { serveStream } from './stream-serve.ts';

if (parentPort === null) throw new Error('node-stream-worker: to be started by measureCrew');
const port = parentPort;
// V8's flags hold for the whole process; only the generated code must be told.
if ((workerData as { readonly isWide: boolean }).isWide) expectWideVectors();
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const take = serveStream((report, transfer) => port.postMessage(report, transfer));
port.on('message', (order: StreamOrder) => take(order));
