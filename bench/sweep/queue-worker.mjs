// A worker of a queue whose cells take a given time and compute nothing. Ends with a line: its processor time and its chunks.

import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { runQueueWorker } from '@polysem/runs/sweep';

const [url, milliseconds] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('disconnect', () => process.exit());
let chunks = 0;
const pool = {
  workers: 1,
  compute: async (cells, onEnd) => {
    if (Number(milliseconds) > 0) await sleep(cells.length * Number(milliseconds));
    chunks++;
    const values = { loss: 0.5, gap: 0, capacity: [0.5, 0.5, 1, 0, 0] };
    onEnd(cells.map(({ index, id }) => ({ index, id, result: { values } })));
  },
};
const ended = runQueueWorker({ url, pool, signal: stop.signal, onEvent: () => undefined });
process.send('ready');
const before = process.cpuUsage();
await ended;
const { user, system } = process.cpuUsage(before);
process.send({ chunks, processorMs: (user + system) / 1000 }, () => process.disconnect());
