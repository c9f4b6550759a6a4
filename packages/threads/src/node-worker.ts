import { parentPort, workerData } from 'node:worker_threads';
import { expectWideVectors } from '@polysem/numerics/wasm';
import type { ToWorker } from './messages.ts';
import { serve } from './serve.ts';
import { teamMember } from './team-member.ts';
import { workerTasks } from './worker-tasks.ts';

if (parentPort === null) throw new Error('node-worker: must be started by openPool');
const port = parentPort;
// V8's flags hold for the whole process, but the code generator of each thread must know of them.
if ((workerData as { readonly isWide: boolean }).isWide) expectWideVectors();
const handle = serve(
  workerTasks,
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  (message, transfer) => port.postMessage(message, transfer),
  setImmediate,
  teamMember(setImmediate),
);
port.on('message', (message: ToWorker) => handle(message));
