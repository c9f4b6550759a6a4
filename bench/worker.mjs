import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Starts a worker process that reads JSON requests, one per line, and answers each with one line of JSON. `ask(request)`
 * sends a request and waits for its answer. It throws if the answer has an `error` or the process ends.
 */
export function startWorker(name, command, words, env) {
  const child = spawn(command, words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve(signal ?? `exit status ${status}`));
    child.once('error', ({ code }) => resolve(code));
  });
  // `ask` reports a dead worker; ignore errors of the pipe to it.
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
