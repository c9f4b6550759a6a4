import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Starts a worker process which reads one JSON request a line and answers with one JSON line: `ask(request)` sends
 * one and waits for its answer. Answers with an `error`, and the end of the process, are thrown.
 */
export function startWorker(name, command, words, env) {
  const child = spawn(command, words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve(signal ?? `exit status ${status}`));
    child.once('error', ({ code }) => resolve(code));
  });
  // A worker that died is reported by `ask`, not by the pipe to it.
  child.stdin.on('error', () => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`the ${name} worker ended (${await ended})`);
    const { error, ...answer } = JSON.parse(value);
    if (error !== undefined) throw new Error(`${name}: ${error}`);
    return answer;
  };
  return { ask, stop: () => child.stdin.end(), ended };
}
