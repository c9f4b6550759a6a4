// An empty project in which the package is installed from its tarball, as its users do.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Packs the package and installs it in an empty project.
 *
 * @param {string} packageFolder the built package.
 * @param {string} folder folder of the project, which is made.
 */
export function installedProject(packageFolder, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const tarball = npm(folder, 'pack', packageFolder, '--silent').trim();
  // The package depends on nothing, so no registry is asked.
  npm(folder, 'install', `./${tarball}`, '--offline', '--no-audit', '--no-fund', '--silent');
  return { folder, tarball: join(folder, tarball), polysem: runner(folder) };
}

/** Runs npm, which passes its own path in npm_execpath. */
function npm(cwd, ...words) {
  const script = process.env.npm_execpath;
  const [program, first] = script === undefined ? ['npm', []] : [process.execPath, [script]];
  return execFileSync(program, [...first, ...words], { cwd, encoding: 'utf8' });
}

/** A function that runs the installed command with a Node and returns its stdout; it throws if the command fails. */
function runner(folder) {
  const bin = join(folder, 'node_modules/polysem/bin/polysem.js');
  return (words, node = process.execPath) => output(node, [bin, ...words], folder);
}

/**
 * Runs a program that must succeed.
 *
 * @param {string} program its path.
 * @param {readonly string[]} words its arguments.
 * @param {string} cwd its folder.
 * @returns {string} its stdout.
 */
export function output(program, words, cwd) {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
