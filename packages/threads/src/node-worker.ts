import { parentPort, workerData } from 'node:worker_threads';
import { expectWideVectors } from '@polysem/numerics/wasm';
import type { Order } from './messages.ts';
import { serve } from './serve.ts';

if (parentPort === null) throw new Error('node-worker: to be started by threadPool');
const port = parentPort;
// V8's flags hold for the whole process; only the generated code must be told.
if ((workerData as { readonly isWide: boolean }).isWide) expectWideVectors();
const take = serve((report) => port.postMessage(report), setImmediate);
port.on('message', (order: Order) => take(order));
