// The Python of the tests: a virtual environment with pinned packages in .cache/python, made where Python and PyPI are there.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const REQUIREMENTS = join(root, 'python', 'requirements.txt');
/** Oldest minor version of Python 3 that the module supports. */
const OLDEST = 10;

/** Folder of the environment. */
export const environmentFolder = join(root, '.cache', 'python');

/** Path of the interpreter of an environment. */
export function interpreterOf(folder) {
  return process.platform === 'win32'
    ? join(folder, 'Scripts', 'python.exe')
    : join(folder, 'bin', 'python');
}

/** The reason why an environment cannot be used; null if all pinned packages were installed and its interpreter starts. */
export function whyNoPython(folder = environmentFolder) {
  const note = join(folder, 'requirements.txt');
  if (!existsSync(note)) return 'no environment (node scripts/prepare.mjs --python)';
  if (readFileSync(note, 'utf8') !== readFileSync(REQUIREMENTS, 'utf8'))
    return 'the environment is older than python/requirements.txt (node scripts/prepare.mjs --python)';
  const { status } = spawnSync(interpreterOf(folder), ['--version'], { stdio: 'ignore' });
  return status === 0 ? null : 'the interpreter of the environment does not start';
}

/** First interpreter that is new enough: PYTHON, python3, python or py; null if none is found. */
export function findPython(names = namesOfPython()) {
  const program = `import sys, venv, ensurepip; sys.exit(sys.version_info < (3, ${OLDEST}))`;
  return names.find((name) => spawnSync(name, ['-c', program]).status === 0) ?? null;
}

function namesOfPython() {
  const { PYTHON } = process.env;
  return [...(PYTHON === undefined ? [] : [PYTHON]), 'python3', 'python', 'py'];
}

/** Makes the environment if it is missing or old, and says which tests will be skipped and why if it cannot. */
export function preparePython(say = console.error, folder = environmentFolder) {
  if (whyNoPython(folder) === null) return;
  const skipped = (reason) => say(`tests in Python will be skipped: ${reason}`);
  const python = findPython();
  if (python === null) {
    skipped(`no Python 3.${OLDEST} or newer with venv (Debian: apt-get install python3-venv)`);
    return;
  }
  say('installing packages for the tests in Python ..');
  rmSync(folder, { recursive: true, force: true });
  if (!runs(python, '-m', 'venv', folder) || !installsPackages(interpreterOf(folder))) {
    skipped('pip could not install python/requirements.txt');
    return;
  }
  copyFileSync(REQUIREMENTS, join(folder, 'requirements.txt'));
}

/** Installs the pinned packages by uv, in a quarter of the processor time of pip, or by pip where uv cannot be had. */
function installsPackages(python) {
  // Python compiles what it imports; compiling every file here would double the time.
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--disable-pip-version-check'];
  const [uv] = /^uv==\S+/m.exec(readFileSync(REQUIREMENTS, 'utf8'));
  return (
    (runs(python, ...pip, uv) &&
      runs(python, '-m', 'uv', 'pip', 'install', '--quiet', '-r', REQUIREMENTS)) ||
    runs(python, ...pip, '-r', REQUIREMENTS)
  );
}

function runs(program, ...words) {
  return spawnSync(program, words, { stdio: ['ignore', 2, 2] }).status === 0;
}
