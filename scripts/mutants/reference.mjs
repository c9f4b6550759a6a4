// The reference reader of a parser: a long-lived Python process (reference.py).

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('reference.py', import.meta.url));
/** Time without an answer after which the process is ended and the mutant counts as refused. */
const SILENCE_MS = 30_000;

/** Says which of the packages Python lacks; null if it has all. */
export function missingPackages(python, packages) {
  const { status, error } = spawnSync(python, ['-c', `import ${packages.join(', ')}`]);
  if (status === 0) return null;
  return error === undefined
    ? `${python} lacks one of ${packages.join(', ')}`
    : `${python} cannot be run`;
}

/** Starts the reference reader of a parser. `read` gives one answer per mutant, as reference.py describes. */
export function openReference(python, parser, seeds) {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-mutants-'));
  seeds.forEach((files, origin) => {
    const place = join(folder, 'seeds', String(origin));
    mkdirSync(place, { recursive: true });
    files.forEach(({ name, bytes }, part) => writeFileSync(join(place, `${part}-${name}`), bytes));
  });
  const batch = join(folder, 'batch');
  let running = null;

  /** Answers from record `first` on, until the process has answered all `count` or died. */
  const ask = (first, count) => {
    running ??= spawn(python, [SCRIPT, parser, join(folder, 'seeds')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const child = running;
    const answers = [];
    return new Promise((resolve, reject) => {
      const lines = createInterface({ input: child.stdout });
      const timer = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
      const end = () => {
        clearTimeout(timer);
        lines.close();
        child.off('close', died);
        resolve(answers);
      };
      const died = () => {
        running = null;
        end();
      };
      child.on('close', died);
      child.on('error', reject);
      child.stdin.on('error', () => undefined);
      lines.on('line', (line) => {
        answers.push(JSON.parse(line));
        timer.refresh();
        if (first + answers.length === count) end();
      });
      child.stdin.write(`${batch} ${first}\n`);
    });
  };

  return {
    read: async (mutants) => {
      writeFileSync(batch, Buffer.concat(mutants.flatMap(record)));
      const answers = [];
      while (answers.length < mutants.length) {
        // oxlint-disable-next-line no-await-in-loop -- continues behind the mutant that ended the last process
        answers.push(...(await ask(answers.length, mutants.length)));
        if (answers.length < mutants.length) answers.push({ refusal: 'the process ended' });
      }
      return answers;
    },
    close: () => {
      running?.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function record({ origin, part, bytes }) {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(origin, 0);
  head.writeUInt16LE(part, 2);
  head.writeUInt32LE(bytes.length, 4);
  return [head, bytes];
}
