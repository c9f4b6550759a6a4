// A server in a folder of its own, on a free port of this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 15_000;
const POLL_MS = 20;

/** A new folder for a server. */
export function newFolder(name) {
  return mkdtempSync(join(tmpdir(), `polysem-${name}-`));
}

/** A port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs a server in the background, with its output in `folder/log`. */
export function startProcess(program, words, folder, env = process.env) {
  const log = openSync(join(folder, 'log'), 'a');
  const child = spawn(program, words, { cwd: folder, stdio: ['ignore', log, log], env });
  closeSync(log);
  // A test run that fails must not leave servers behind.
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

/** Ends a process and waits until it has ended. */
export async function endProcess(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Waits until a condition holds; rejects with the end of the log if the process ends or it takes too long. */
export async function waitUntil(condition, child, folder) {
  const until = Date.now() + START_MS;
  // oxlint-disable-next-line no-await-in-loop
  while (!(await condition())) {
    if (child.exitCode !== null || Date.now() > until) {
      const log = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').slice(-5);
      throw new Error(`${child.spawnfile} did not start: ${log.join(' | ')}`);
    }
    // oxlint-disable-next-line no-await-in-loop
    await sleep(POLL_MS);
  }
}

/** True if a port of this machine accepts connections. */
export function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/**
 * Starts a server that listens on a port.
 *
 * @param name name of the engine, and scheme of its address.
 * @param program its path.
 * @param wordsOf returns the arguments for a port; the current folder is one of its own.
 * @returns `url`; `pid`, its process; `stop()` ends it and removes its folder; `restart(signal)` ends it with a signal and starts it again with
 *   the same port and files.
 */
export async function startServer(name, program, wordsOf) {
  const folder = newFolder(name);
  const port = await freePort();
  const start = async () => {
    const child = startProcess(program, wordsOf(port), folder);
    await waitUntil(() => isListening(port), child, folder);
    return child;
  };
  let child = await start();
  return {
    url: `${name}://127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    restart: async (signal = 'SIGKILL') => {
      await endProcess(child, signal);
      child = await start();
    },
    stop: async () => {
      await endProcess(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
