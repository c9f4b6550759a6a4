/* oxlint-disable no-await-in-loop -- jobs are watched */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { whyNot } from '../../../../scripts/engines/find.mjs';
import { startSlurm } from '../../../../scripts/engines/slurm.mjs';
import { kubernetesManifest } from '../../src/sweep/export/kubernetes.ts';
import { shellWord } from '../../src/sweep/export/shell.ts';
import { slurmScripts, type SlurmOptions } from '../../src/sweep/export/slurm.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names that a script must quote. */
const AWKWARD = "it's 100% $HOME `here`";

describe('a word of a shell', () => {
  it('is what the shell reads', () => {
    const words = [AWKWARD, 'plain/path-1.yaml', '', 'a"b\\c', 'line\nbreak', '*', '~', '-x'];
    const line = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
    const { stdout } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });
});

describe('the scripts for Slurm', () => {
  const options = { name: 'a', spec: '/s.yaml', store: '/s.sweep', folder: '/jobs', tasks: 5 };
  const submit = (more: Partial<SlurmOptions>): string[] =>
    slurmScripts({ ...options, ...more })[0]
      .content.split('\n')
      .filter((line) => line.startsWith('submit_tasks '));

  it('divide tasks into arrays that the cluster accepts', () => {
    expect(submit({})).toEqual(['submit_tasks 0 0-4']);
    expect(submit({ arrayLimit: 2 })).toEqual([
      'submit_tasks 0 0-1',
      'submit_tasks 2 0-1',
      'submit_tasks 4 0-0',
    ]);
    expect(submit({ atOnce: 4, arrayLimit: 3 })).toEqual([
      'submit_tasks 0 0-2%2',
      'submit_tasks 3 0-1%2',
    ]);
  });

  it.each([
    ['time', '1 hour'],
    ['mem', '4 GB'],
    ['partition', 'a b'],
  ])('reject a bad --%s', (flag, value) => {
    expect(() => slurmScripts({ ...options, [flag]: value })).toThrow(`--${flag}: expected`);
  });
});

const noSlurm = whyNot('slurm');
describe.skipIf(noSlurm !== null)(`Slurm ${noSlurm ?? ''}`, () => {
  it('starts every shard in two arrays, a failed one again, a cancelled one not, and the last job after all', async () => {
    const jobs = join(folder, AWKWARD);
    mkdirSync(jobs);
    // In place of polysem: shard 1 fails once with exit code 1, shard 2 with 42, and shard 3 when it is stopped.
    const fake = join(folder, 'polysem');
    const log = join(folder, 'log');
    writeFileSync(
      fake,
      `#!/bin/bash
printf '%s|' "$2" "$3" "$5" "$7" "\${SLURM_RESTART_COUNT:-0}" >> ${log}
echo >> ${log}
[ "$7" = 1/4 ] && [ -z "$SLURM_RESTART_COUNT" ] && exit 1
[ "$7" = 2/4 ] && exit 42
if [ "$7" = 3/4 ]; then
  trap 'exit 1' TERM
  sleep 60 & wait
fi
exit 0
`,
    );
    chmodSync(fake, 0o755);
    const store = join(folder, `${AWKWARD}.sweep`);
    const scripts = slurmScripts({
      name: AWKWARD,
      spec: join(jobs, 's.yaml'),
      store,
      folder: jobs,
      tasks: 4,
      arrayLimit: 3,
      command: shellWord(fake),
    });
    for (const { name, content } of scripts) writeFileSync(join(jobs, name), content);
    const cluster = await startSlurm({ maxArraySize: 4, cpus: 4 });
    try {
      const { status, stderr } = spawnSync('bash', [join(jobs, 'submit.sh')], {
        env: cluster.env,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
      while (!(existsSync(log) && readFileSync(log, 'utf8').includes('|3/4|'))) await sleep(50);
      cluster.command('scancel', ['2_0']);
      while (cluster.command('squeue', ['-h']).trim() !== '') await sleep(50);
    } finally {
      await cluster.stop();
    }
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const run = (shard: string, restarts = 0): string =>
      `run|${join(jobs, 's.yaml')}|${store}|${shard}|${restarts}|`;
    expect(lines.slice(0, 5).toSorted()).toEqual(
      [run('0/4'), run('1/4'), run('1/4', 1), run('2/4'), run('3/4')].toSorted(),
    );
    expect(lines.slice(5)).toEqual([run('1'), `status|${store}|||0|`]);
  });
});

describe('the manifest for Kubernetes', () => {
  const text = kubernetesManifest({
    name: 'Ten densities!',
    spec: { name: 'my spec.yaml', text: 'compute: allocate\n' },
    image: 'registry/polysem:1',
    tasks: 12,
    atOnce: 3,
  });

  it('has one index per shard, and fails an index only for exit codes that do not go away', () => {
    const [config, volume, job] = parseAllDocuments(text).map((one) => one.toJS());
    expect(config.data).toEqual({ 'my-spec.yaml': 'compute: allocate\n' });
    expect(volume.spec.accessModes).toEqual(['ReadWriteMany']);
    expect(job.metadata.name).toBe('polysem-ten-densities');
    expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 12, parallelism: 3 });
    expect(job.spec.podFailurePolicy.rules[1].onExitCodes.values).toEqual([2, 42]);
    const [{ command }] = job.spec.template.spec.containers;
    expect(command[2]).toContain(
      'sweep run /spec/my-spec.yaml --out /results/Ten-densities-.sweep',
    );
    expect(command[2]).toContain('--shard "$JOB_COMPLETION_INDEX/12"');
  });

  it('rejects a size that Kubernetes does not read', () => {
    const options = { name: 'a', spec: { name: 's', text: '' }, image: 'i', tasks: 1 };
    expect(() => kubernetesManifest({ ...options, mem: '2 GB' })).toThrow('--mem: expected');
  });

  const PYTHON = process.env.PYTHON ?? 'python3';
  const isChecked = spawnSync(PYTHON, ['-c', 'import kubernetes_validate']).status === 0;
  it.skipIf(!isChecked)(
    `fits the schema that Kubernetes publishes (${PYTHON}${isChecked ? '' : ': no kubernetes-validate, skipped'})`,
    () => {
      const path = join(folder, 'job.yaml');
      writeFileSync(path, text);
      const words = ['-m', 'kubernetes_validate', '--strict', path];
      const { status, stderr } = spawnSync(PYTHON, words, { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, expect.not.stringMatching(/ERROR/)]);
    },
  );
});
