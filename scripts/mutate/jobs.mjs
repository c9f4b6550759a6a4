// Processes that run tests, each in its own copy of the repository.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { childrenOf, useOf } from './process-use.mjs';

/** Seconds between two looks at a running test. */
const LOOK = 0.25;
/** Seconds without work after which tests wait for something that never comes. */
const IDLE = 20;
/** Work of a process that only waits, in seconds; one that works gets more in that time, however busy the processors are. */
const IDLE_WORK = 0.1;
/** Seconds of waiting per second of work, on systems that do not say how much a process works. */
const WAIT = 20;
/** Most memory of the tests of a mutant, in bytes. */
const MEMORY = 4 * 2 ** 30;

/**
 * A process with Vitest ready. It starts on the first request, and again after a test that hung.
 *
 * @param {string} folder copy of the repository.
 * @param {string} mode 'coverage' or ''.
 */
export function startJob(folder, mode = '') {
  let child = null;
  let changed = new Set();

  const start = () =>
    new Promise((resolve, reject) => {
      const started = spawn(
        process.execPath,
        [join(folder, 'scripts/mutate/job.mjs'), folder, mode],
        {
          cwd: folder,
          stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
          detached: true,
          env: {
            ...process.env,
            POLYSEM_MUTATION_RECORD: join(folder, '.cache/mutation-record.json'),
          },
        },
      );
      let complaint = '';
      started.stderr.on('data', (text) => (complaint = `${complaint}${text}`.slice(-2000)));
      started.once('message', () => resolve(started));
      started.once('exit', () => reject(new Error(`no Vitest in ${folder}: ${complaint}`)));
    });

  const stop = () => {
    if (child === null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    child = null;
  };

  return {
    folder,
    stop,
    /** Notes that a source file has changed on disk. */
    change: (file) => changed.add(file),
    /**
     * Runs tests until the first failure.
     *
     * @param {readonly { test: string, ids: readonly string[] | null }[]} tests files and their tests; null: all of them.
     * @param {number} limit seconds of the processor.
     * @returns {Promise<{ failed: string | null, by?: string, timedOut?: boolean }>}
     */
    async run(tests, limit) {
      child ??= await start();
      const answer = answerOf(child, limit);
      child.send({ changed: [...changed], tests });
      changed = new Set();
      const outcome = await answer;
      if (outcome.timedOut || outcome.ended) stop();
      return outcome;
    },
  };
}

/** The answer of a job, or that it took too long, too much memory, or ended. */
function answerOf(child, limit) {
  const isOver = process.platform === 'linux' ? overWork(child.pid, limit) : overTime(limit);
  return new Promise((resolve) => {
    const finish = (outcome) => {
      clearInterval(timer);
      child.off('message', finish);
      child.off('exit', ended);
      resolve(outcome);
    };
    const ended = () => finish({ failed: '', by: 'the process of the tests ended', ended: true });
    const timer = setInterval(() => {
      const over = isOver();
      if (over !== null) finish(over);
    }, 1000 * LOOK);
    child.on('message', finish);
    child.once('exit', ended);
  });
}

/** Watches the work of the tests, which are descendants of a process: how busy the machine is does not count. */
function overWork(pid, limit) {
  let seen = { at: Date.now(), work: 0 };
  // The worker of the run before may still be ending.
  const before = new Set(childrenOf(pid));
  return () => {
    const { own, seconds, bytes } = useOf(pid, before);
    if (bytes > MEMORY) return { failed: '', by: 'takes 4 GB', ended: true };
    if (seconds > limit) return { failed: '', timedOut: true };
    // The process itself works too: it serves the sources. A sum of descendants falls when they end.
    if (Math.abs(own + seconds - seen.work) > IDLE_WORK)
      seen = { at: Date.now(), work: own + seconds };
    return Date.now() - seen.at > 1000 * IDLE ? { failed: '', timedOut: true } : null;
  };
}

function overTime(limit) {
  const end = Date.now() + 1000 * WAIT * limit;
  return () => (Date.now() > end ? { failed: '', timedOut: true } : null);
}
