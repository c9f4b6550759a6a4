import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** Path of the Python in an environment with some packages, created on first use. Throws if that fails. */
export async function pythonEnvironment(folder, packages, progress) {
  const python =
    process.platform === 'win32'
      ? join(folder, 'Scripts', 'python.exe')
      : join(folder, 'bin', 'python');
  if (spawnSync(python, ['-c', `import ${packages.join(', ')}`]).status === 0) return python;
  progress(`making a Python environment with ${packages.join(' and ')}`);
  await mkdir(dirname(folder), { recursive: true });
  call('python3', ['-m', 'venv', '--clear', folder]);
  call(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  return python;
}

/** Runs a program to its end; throws the last line of its error output if it fails. */
export function call(command, words, options = {}) {
  const { error, status, stderr } = spawnSync(command, words, { encoding: 'utf8', ...options });
  if (error !== undefined) throw new Error(`${command} cannot be run (${error.code})`);
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `exit status ${status}`);
}
