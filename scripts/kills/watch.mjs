// Loaded into a command before it starts. Writes to $KILLS_LOG one line of JSON for every finished part, every state of an
// unfinished part and the bytes that were read from $KILLS_INPUT. Its clock is 20 times as fast, so that checkpoints, which are
// at least three seconds apart, are as frequent as kills.
import fs from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { isMainThread, Worker } from 'node:worker_threads';
import { lastState } from './journal.mjs';

const FASTER = 20;
const now = performance.now.bind(performance);
performance.now = () => FASTER * now();

if (isMainThread) {
  const { appendFileSync, openSync, readSync, renameSync } = fs;
  const log = (line) => appendFileSync(process.env.KILLS_LOG, `${JSON.stringify(line)}\n`);
  const inputs = new Set();
  let bytes = 0;

  fs.openSync = (path, mode, ...others) => {
    if ((mode === 'a' || mode === 'w') && /\.polysem-journal-[0-9a-f]+$/.test(String(path)))
      log({ finished: 1 });
    return openSync(path, mode, ...others);
  };
  fs.renameSync = (from, to) => {
    const state = lastState(from);
    renameSync(from, to);
    if (state !== null) log(state);
  };
  fs.readSync = (file, ...others) => {
    const read = readSync(file, ...others);
    if (inputs.has(file)) bytes += read;
    return read;
  };
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...others) {
    const { checkpointMs } = message ?? {};
    const sent =
      checkpointMs === undefined ? message : { ...message, checkpointMs: checkpointMs / FASTER };
    return postMessage.call(this, sent, ...others);
  };
  const { open } = files;
  files.open = async (path, ...others) => {
    const handle = await open(path, ...others);
    if (String(path).endsWith(process.env.KILLS_INPUT)) {
      inputs.add(handle.fd);
      const { read } = handle;
      handle.read = async (...words) => {
        const done = await read.apply(handle, words);
        bytes += done.bytesRead;
        return done;
      };
    }
    return handle;
  };
  process.on('exit', () => log({ bytes }));
  syncBuiltinESMExports();
}
