import { parentPort, workerData } from 'node:worker_threads';
import { expectWideVectors } from '@polysem/numerics/wasm';
import { libraryKernels } from '@polysem/numerics/dense';
import { openBlas } from './blas/open-blas.ts';
import type { ToWorker } from './messages.ts';
import { serve } from './serve.ts';
import { teamMember } from './team-member.ts';
import { workerTasks } from './worker-tasks.ts';

/** Settings of a worker that it needs before its first message. */
export interface NodeWorkerData {
  /** True if the engine combines pairs of vectors. */
  readonly isWide: boolean;
  /** The library to measure with, and the number of workers; null for polysem's own kernels. */
  readonly blas: { readonly path: string; readonly threads: number } | null;
}

if (parentPort === null) throw new Error('node-worker: must be started by openPool');
const port = parentPort;
// V8's flags hold for the whole process, but the code generator of each thread must know of them.
const { isWide, blas } = workerData as NodeWorkerData;
if (isWide) expectWideVectors();
const kernels = blas && libraryKernels(openBlas(blas.path, blas.threads));
const handle = serve(
  (kernel) => workerTasks(kernel, kernels ?? undefined),
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  (message, transfer) => port.postMessage(message, transfer),
  setImmediate,
  teamMember(setImmediate),
);
port.on('message', (message: ToWorker) => handle(message));
