// Starts Slurm on this machine for tests: munge, slurmctld and slurmd, as root, without systemd and without cgroups.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { findProgram } from './find.mjs';
import { endProcess, freePort, newFolder, startProcess, waitUntil } from './server-process.mjs';

/** Configuration of a cluster with one node. A requeued job waits until its credential has expired: 2 minutes by default. */
function configuration({ folder, host, ports, maxArraySize, cpus }) {
  return `ClusterName=polysem
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
JobRequeue=1
KillWait=3
MinJobAge=600
ReturnToService=2
SlurmdParameters=config_overrides
MaxArraySize=${maxArraySize}
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

/**
 * Starts a cluster of this machine.
 *
 * @param options `maxArraySize`, MaxArraySize of the cluster; `cpus`, cores that it offers.
 * @returns `env`, the environment in which sbatch and the other commands find it; `command(name, words)`, which runs one and
 *   returns what it prints; `stop()`.
 */
export async function startSlurm({ maxArraySize = 1001, cpus = 2 } = {}) {
  const folder = newFolder('slurm');
  for (const name of ['state', 'spool', 'munge', 'ctld', 'slurmd'])
    mkdirSync(join(folder, name), { mode: 0o755 });
  // munge lets every user of the machine connect.
  chmodSync(folder, 0o755);
  const [host] = hostname().split('.');
  const ports = [await freePort(), await freePort()];
  writeFileSync(
    join(folder, 'slurm.conf'),
    configuration({ folder, host, ports, maxArraySize, cpus }),
  );
  const env = { ...process.env, SLURM_CONF: join(folder, 'slurm.conf') };
  const children = [];
  const start = async (program, words, place, condition) => {
    const child = startProcess(findProgram(program), words, join(folder, place), env);
    children.push(child);
    await waitUntil(condition, child, join(folder, place));
  };
  const command = (name, words, cwd = folder) => {
    const { status, stdout, stderr } = spawnSync(findProgram(name), words, {
      cwd,
      env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${name} ${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const isUp = () =>
    spawnSync(findProgram('sinfo'), ['-h', '-o', '%t'], { env, encoding: 'utf8' }).stdout.trim() ===
    'idle';
  const stop = async () => {
    for (const child of children.toReversed()) {
      // oxlint-disable-next-line no-await-in-loop -- in order
      await endProcess(child, 'SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const key = join(folder, 'munge.key');
    command('mungekey', ['--create', `--keyfile=${key}`]);
    const socket = join(folder, 'munge.socket');
    const own = ['pid', 'seed', 'log'].map((kind) => `--${kind}-file=${folder}/munge/${kind}`);
    const words = ['--foreground', '--force', `--key-file=${key}`, `--socket=${socket}`, ...own];
    await start('munged', words, 'munge', () => existsSync(socket));
    const isRunning = () =>
      spawnSync(findProgram('scontrol'), ['ping'], { env, encoding: 'utf8' }).stdout.includes('UP');
    await start('slurmctld', ['-D'], 'ctld', isRunning);
    await start('slurmd', ['-D', '-N', host], 'slurmd', isUp);
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, command, stop };
}
