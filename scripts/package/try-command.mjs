// Tries the installed command: each result must have the bytes that the command of this repository gives.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './places.mjs';
import { output } from './project.mjs';

const CLONE = join(root, 'packages/polysem/bin/polysem.js');
const TOY = '--features 6 --dims 3 --density 0.1 --seed 1'.split(' ');
const GRID = '--features 4 --dims 2 --density 1:0.1:3 --importance 0.1:10:3'.split(' ');
const SWEEP = `name: small
compute: train
parameters: { task: compression, activation: relu, features: 5, dims: 2, importance: 1, steps: 50 }
axes: [{ parameter: density, values: [0.5, 0.1] }]
seeds: 2
`;

/**
 * Tries every command that starts workers or processes, or opens files of the package.
 *
 * @param {{ folder: string }} project the project with the installed package.
 * @param {string} node the Node to run.
 * @returns {Promise<string[]>} names of what was tried.
 */
export async function tryCommand(project, node = process.execPath) {
  const installed = join(project.folder, 'node_modules/polysem');
  const bin = join(installed, 'bin/polysem.js');
  const folder = mkdtempSync(join(project.folder, 'try-'));
  const polysem = (...words) => output(node, [bin, ...words], folder);
  const same = (...words) => {
    const own = polysem(...words);
    const expected = output(node, [CLONE, ...words], folder);
    if (own !== expected) throw new Error(`${words.join(' ')} prints other bytes than the clone`);
    return words[0];
  };
  const done = [
    same('allocate', '--importance', '4,2,1,0.5', '--density', '0.1', '--dims', '2', '--json'),
    same('phase', ...GRID, '--trained', '--json'),
    tryTraining(folder, polysem, node),
  ];
  done.push(same('geometry', 'own.safetensors', '--json'));
  writeMatrix(folder, node);
  const both = ['w.npy', '--features', 'rows', '--baseline', 'gaussian', '--json'];
  const one = polysem('measure', ...both, '--threads', '1');
  if (polysem('measure', ...both, '--threads', '2') !== one)
    throw new Error('measure prints other bytes with two threads than with one');
  done.push(same('measure', ...both));
  writeFileSync(join(folder, 'small.yaml'), SWEEP);
  polysem('sweep', 'run', 'small.yaml', '--workers', '2', '--out', 'own.sweep');
  output(
    node,
    [CLONE, 'sweep', 'run', 'small.yaml', '--workers', '1', '--out', 'clone.sweep'],
    folder,
  );
  const table = (name) => {
    polysem('sweep', 'export', name, '--csv', `${name}.csv`);
    return readFileSync(join(folder, `${name}.csv`), 'utf8');
  };
  if (table('own.sweep') !== table('clone.sweep')) throw new Error('the tables of sweeps differ');
  polysem('sweep', 'init', 'phase-2-1');
  const schema = readFileSync(join(installed, 'dist/sweep.schema.json'));
  if (!schema.equals(readFileSync(join(folder, 'sweep.schema.json'))))
    throw new Error('polysem/sweep.schema.json is not the schema that sweep init writes');
  await tryLab(bin, node);
  return [...done, 'sweep', 'lab'];
}

/** Trains with two threads, and with one in the clone. */
function tryTraining(folder, polysem, node) {
  const words = ['train', ...TOY, '--importance', '0.9^i', '--loss', 'sampled', '--steps', '200'];
  polysem(...words, '--threads', '2', '--out', 'own.safetensors');
  output(node, [CLONE, ...words, '--threads', '1', '--out', 'clone.safetensors'], folder);
  const bytes = (name) => readFileSync(join(folder, name));
  if (!bytes('own.safetensors').equals(bytes('clone.safetensors')))
    throw new Error('train writes other bytes than the clone');
  return 'train';
}

/** A matrix that is large enough for several workers. */
function writeMatrix(folder, node) {
  const program = `
    import { writeFileSync } from 'node:fs';
    import { encodeNpy } from 'polysem';
    import { fillNormal, generator } from 'polysem/random';
    const data = new Float64Array(3000 * 64);
    fillNormal(generator(1), data);
    writeFileSync('w.npy', encodeNpy({ shape: [3000, 64], data }));`;
  output(node, ['--input-type=module', '--eval', program], folder);
}

/** Starts the lab and fetches its page, a script of it, and the page in one file. */
async function tryLab(bin, node) {
  const server = spawn(node, [bin, 'lab', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const url = await new Promise((resolve, reject) => {
      server.stdout.once('data', (data) => resolve(String(data).trim()));
      server.once('exit', () => reject(new Error('lab ended before it printed its address')));
    });
    const text = async (path) => {
      const answer = await fetch(new URL(path, url));
      if (!answer.ok) throw new Error(`lab answers ${answer.status} for ${path}`);
      return answer.text();
    };
    const [script] = /assets\/[\w.-]+\.js/.exec(await text('/'));
    await text(script);
    await text('lab.html');
  } finally {
    server.kill('SIGINT');
  }
  const code = await new Promise((resolve) => {
    server.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`lab ended with ${code} after Ctrl-C`);
}
