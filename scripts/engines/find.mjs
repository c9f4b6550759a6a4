// The servers that tests of sweeps start: where they are, and how Debian installs them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Programs of each engine, the Debian packages that have them, and the packages of npm that talk to them. */
const ENGINES = {
  redis: {
    programs: ['redis-server'],
    packages: ['redis-server'],
    libraries: ['bullmq', 'ioredis'],
  },
  nats: {
    programs: ['nats-server'],
    packages: ['nats-server'],
    libraries: ['@nats-io/transport-node', '@nats-io/jetstream'],
  },
  slurm: {
    programs: ['slurmctld', 'slurmd', 'sbatch', 'munged', 'mungekey'],
    packages: ['slurmctld', 'slurmd', 'slurm-client', 'munge'],
    libraries: [],
  },
};

/** Names of the engines. */
export const engineNames = Object.keys(ENGINES);

/** Servers are often outside the path of a user. */
const SYSTEM_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];

/** Path of a program; null if there is none. `folders` are searched in order. */
export function findProgram(name, folders = searchPath()) {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

function searchPath() {
  const own = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...own, ...(process.platform === 'win32' ? [] : SYSTEM_FOLDERS)];
}

/** Programs of an engine that are missing. */
export function missingPrograms(engine, folders) {
  return ENGINES[engine].programs.filter((name) => findProgram(name, folders) === null);
}

/**
 * The reason why tests of an engine are skipped; null if the engine can be started. POLYSEM_ENGINES=redis,nats restricts
 * the engines, none turns them all off.
 */
export function whyNot(engine, folders) {
  const wanted = process.env.POLYSEM_ENGINES;
  if (wanted !== undefined && !wanted.split(',').includes(engine))
    return `POLYSEM_ENGINES=${wanted} excludes ${engine}`;
  const missing = missingPrograms(engine, folders);
  if (missing.length > 0)
    return `not installed: ${missing.join(', ')} (Debian: apt-get install ${ENGINES[engine].packages.join(' ')})`;
  const absent = ENGINES[engine].libraries.filter((name) => !isInstalled(name));
  if (absent.length > 0) return `not installed: ${absent.join(', ')} (npm install)`;
  if (engine === 'slurm' && process.getuid?.() !== 0) return 'Slurm can be started only by root';
  return null;
}

/** True if a package of npm is installed. */
function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** True where Debian packages can be installed. */
export function canInstall() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Installs the Debian packages of engines. Does not start their services. `run` runs a program. */
export function installEngines(engines, run = runQuietly) {
  const packages = engines.flatMap((engine) => ENGINES[engine].packages);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

function runQuietly(program, words) {
  spawnSync(program, words, {
    stdio: ['ignore', 'ignore', 2],
    // Tests start servers of their own: RUNLEVEL=1 keeps Debian from starting services.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
}

/** Installs the engines that are missing, where that is possible, and says which tests will be skipped and why. */
export function prepareEngines(say = console.error) {
  const missing = engineNames.filter((engine) => missingPrograms(engine).length > 0);
  if (missing.length > 0 && canInstall()) {
    say(`installing ${missing.join(', ')} for the tests of sweeps ..`);
    installEngines(missing);
  }
  for (const engine of engineNames) {
    const reason = whyNot(engine);
    if (reason !== null) say(`tests of sweeps on ${engine} will be skipped: ${reason}`);
  }
}
