// node scripts/node/run.mjs SCRIPT [ARGUMENT ..]: runs a script with a current Node (current.mjs) and ends as it does.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { currentNode } from './current.mjs';

const [script, ...words] = process.argv.slice(2);
const node = currentNode();
if (node === process.execPath) {
  process.argv.splice(1, 2, resolve(script));
  await import(pathToFileURL(process.argv[1]).href);
} else {
  const run = spawn(node, [script, ...words], { stdio: 'inherit' });
  // Ctrl-C reaches both processes, and the script decides what it does. Other signals reach only this one.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
  run.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
