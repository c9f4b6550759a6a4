// A simulation of many workers on one queue: a closed network of three stations. A chunk is computed by its worker, passes the
// server, which serves one request at a time, and then the coordinator, which does the same; the worker takes the next chunk when
// the server is done with it.

/**
 * Simulates the workers for some time.
 *
 * @param options `workers`; `compute`, seconds in which a worker computes a chunk; `server` and `coordinator`, seconds of service
 *   per chunk; `duration`, simulated seconds.
 * @returns chunks per second that the coordinator has received.
 */
export function simulateQueue({ workers, compute, server, coordinator, duration }) {
  // Times at which workers finish computing, spread over the first period; the earliest is served first.
  const heap = Array.from({ length: workers }, (_, i) => compute * (1 + i / workers));
  let serverFree = 0;
  let coordinatorFree = 0;
  let done = 0;
  for (;;) {
    const served = Math.max(heap[0], serverFree) + server;
    if (served > duration) return done / duration;
    serverFree = served;
    // The server and the coordinator work at the same time, on different chunks.
    coordinatorFree = Math.max(served, coordinatorFree) + coordinator;
    if (coordinatorFree <= duration) done++;
    replaceLeast(heap, served + compute);
  }
}

/** Replaces the root of a binary heap. */
function replaceLeast(heap, value) {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const child = left + 1 < heap.length && heap[left + 1] < heap[left] ? left + 1 : left;
    if (heap[child] >= value) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = value;
}
