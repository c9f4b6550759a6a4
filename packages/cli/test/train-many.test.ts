import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, openTensors, bytesSource } from '@polysem/io';
import { describe, expect, it } from 'vitest';
import { polysem, polysemCutBy, polysemInTurn, polysemJson, scratch } from './polysem.ts';

interface Point {
  step: number;
  loss: number;
  capacity: number[];
  weights?: number[][];
}

interface Trained {
  loss: number | null;
  losses: (number | null)[];
  capacity: number[];
  best: number | null;
  runs: { steps: number; stopped: string; cause: string | null; history: Point[] }[];
  history: Point[];
  kernel: string | null;
  spec: {
    inputs: { density: number } | { density: number }[];
    model: { importance: number[] };
    instance: number;
    optimiser: object;
    schedule: object;
    initialisation: object;
    clip: number | null;
    stopping: object | null;
  };
}

interface Many {
  instances: Trained[];
  kernel: string | null;
}

/** Splits a command line into words. */
const words = (text: string): string[] => text.split(' ');

const RELU = [
  ...words('train --model compression --activation relu --features 5 --dims 2'),
  ...words('--importance 1 --steps 60 --batch 64 --seeds 2'),
];

async function tensorsOf(path: string): Promise<Map<string, { shape: number[]; data: number[] }>> {
  const file = await openTensors(bytesSource(path, new Uint8Array(readFileSync(path))));
  const tensors = new Map<string, { shape: number[]; data: number[] }>();
  for (const { name } of file.entries) {
    // oxlint-disable-next-line no-await-in-loop
    const { shape, data } = await file.read(name);
    tensors.set(name, { shape: [...shape], data: Array.from(data) });
  }
  return tensors;
}

describe('polysem train --instances', () => {
  it('trains one model per density, log-spaced, and prints a row for each', () => {
    const line = [...RELU, '--instances', '3', '--density', '1..0.25'];
    const { instances, kernel } = polysemJson<Many>(line);
    const densities = instances.map(({ spec }) => (spec.inputs as { density: number }).density);
    [1, 0.5, 0.25].forEach((density, i) => expect(densities[i]).toBeCloseTo(density, 14));
    expect(instances.map(({ spec }) => spec.instance)).toEqual([0, 1, 2]);
    expect(kernel).toMatch(/^(wasm-fma|wasm-simd|typescript)$/);
    for (const { loss, losses } of instances) {
      expect(losses.length).toBe(2);
      expect(loss).toBe(Math.min(...losses.map((each) => each ?? Infinity)));
    }
    const { stdout, code } = polysem(line);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^instance +density +best loss +mean loss +sum C/);
    const rows = stdout.split('\n').slice(1, 4);
    rows.forEach((row, i) => {
      const [place, density, best] = row.split(/ +/).map(Number);
      expect([place, density]).toEqual([i, [1, 0.5, 0.25][i]]);
      expect(best).toBeCloseTo(instances[i].loss as number, 4);
    });
  });

  it('gives each instance its own random numbers, the same for any number of threads', () => {
    const line = [...RELU, '--instances', '2', '--density', '0.3'];
    const one = polysemJson<Many>([...line, '--threads', '1']);
    expect(one.instances[0].capacity).not.toEqual(one.instances[1].capacity);
    expect(polysemJson<Many>([...line, '--threads', '2'])).toEqual(one);
    const alone = polysemJson<Trained>([...RELU, '--density', '0.3']);
    expect(alone.capacity).toEqual(one.instances[0].capacity);
  });

  it('stacks its output with instances as the first axis', async () => {
    const folder = scratch();
    const line = [...RELU, '--density', '0.3', '--history', '4', '--untied'];
    const { instances } = polysemJson<Many>(
      [...line, '--instances', '3', '--out', 'many.safetensors'],
      folder,
    );
    const one = polysemJson<Trained>([...line, '--out', 'one.safetensors'], folder);
    const many = await tensorsOf(join(folder, 'many.safetensors'));
    const alone = await tensorsOf(join(folder, 'one.safetensors'));
    const shapes = {
      W: [2, 5],
      U: [2, 5],
      b: [5],
      'history.step': [4],
      'history.loss': [4],
      'history.capacity': [4, 5],
      'history.weights': [4, 2, 5],
      'history.U': [4, 2, 5],
      'history.b': [4, 5],
    };
    expect(Object.fromEntries([...alone].map(([name, { shape }]) => [name, shape]))).toEqual(
      shapes,
    );
    for (const [name, { shape, data }] of many) {
      expect(shape).toEqual([3, ...shapes[name as keyof typeof shapes]]);
      const size = data.length / 3;
      expect(data.slice(0, size)).toEqual(alone.get(name)?.data);
    }
    expect(alone.get('history.step')?.data).toEqual([0, 20, 40, 60]);
    expect(one.history.map(({ step }) => step)).toEqual([0, 20, 40, 60]);
    expect(one.history.flatMap(({ weights }) => weights?.flat())).toEqual(
      alone.get('history.weights')?.data,
    );
    expect(one.history.flatMap(({ capacity }) => capacity)).toEqual(
      alone.get('history.capacity')?.data,
    );
    expect(one.history[3].capacity).toEqual(one.capacity);
    expect(instances[0].history).toEqual(one.history);
    expect(one.runs[1].history.length).toBe(4);
  });

  it('continues with the other instances if one diverges', async () => {
    const folder = scratch();
    // A learning rate at which the dense instance diverges and the sparse one does not.
    const line = [
      ...words('train --model compression --activation linear --features 8'),
      ...words('--dims 3 --importance 100 --steps 200 --batch 64 --seeds 1'),
      ...words('--optimizer sgd --momentum 0 --schedule constant --lr 0.01'),
      ...words('--instances 2 --density 1..0.001 --out w.safetensors'),
    ];
    const { instances } = polysemJson<Many>(line, folder);
    expect([instances[0].loss, instances[0].best]).toEqual([null, null]);
    expect(instances[0].runs[0].stopped).toBe('diverged');
    expect(['loss', 'gradient']).toContain(instances[0].runs[0].cause);
    expect(instances[0].runs[0].steps).toBeGreaterThan(0);
    expect(instances[1].loss).toBeGreaterThan(0);
    const weights = (await tensorsOf(join(folder, 'w.safetensors'))).get('W')?.data ?? [];
    expect(weights.slice(0, 24).every(Number.isNaN)).toBe(true);
    expect(weights.slice(24).every(Number.isFinite)).toBe(true);
    const { stdout } = polysem(line, folder);
    expect(stdout).toMatch(/\n0 +1 +diverged at step \d+ \((loss|gradient)\)/);
  });
});

describe('a history', () => {
  it.each([
    ['an untied model', '--model compression --activation relu --untied', ['W', 'U', 'b']],
    [
      'free output weights',
      '--model computation --activation relu --output-weights free',
      ['W', 'b', 'u'],
    ],
    ['the quadratic model', '--optimizer adam', ['W', 'b']],
  ])('keeps all parameters at every recorded step: %s', async (_, model, names) => {
    const folder = scratch();
    const sizes = '--features 4 --dims 2 --importance 1 --density 0.3 --batch 64';
    const loss = model.includes('--model') ? sizes : sizes.replace('--batch 64', '--loss exact');
    const common = words(`train ${model} ${loss} --steps 30 --seeds 1 --schedule constant`);
    polysemJson([...common, ...words('--history 3 --out all.safetensors')], folder);
    const all = await tensorsOf(join(folder, 'all.safetensors'));
    // With a constant learning rate, a run of 15 steps passes through the same models.
    const half = common.map((word) => (word === '30' ? '15' : word));
    polysemJson([...half, ...words('--out half.safetensors')], folder);
    const middle = await tensorsOf(join(folder, 'half.safetensors'));
    for (const name of names) {
      const { data } = all.get(name === 'W' ? 'history.weights' : `history.${name}`) ?? {
        data: [],
      };
      const size = data.length / 3;
      expect(data.slice(size, 2 * size)).toEqual(middle.get(name)?.data);
      expect(data.slice(2 * size)).toEqual(all.get(name)?.data);
      expect(data.slice(0, size)).not.toEqual(all.get(name)?.data);
    }
  });
});

describe('polysem train', () => {
  it('passes on every setting of the optimiser', () => {
    const { spec, runs } = polysemJson<Trained>([
      ...RELU,
      ...words('--density 0.3 --optimizer sgd --momentum 0.5 --weight-decay 0.01'),
      ...words('--clip 0.5 --schedule constant --warm-up 9 --init orthogonal'),
      ...words('--early-stop 10:0.9'),
    ]);
    expect(spec).toMatchObject({
      optimiser: { name: 'sgd', momentum: 0.5, weightDecay: 0.01 },
      schedule: { shape: 'constant', warmUp: 9 },
      initialisation: { name: 'orthogonal' },
      clip: 0.5,
      stopping: { span: 10, improvement: 0.9 },
    });
    expect(runs.map(({ stopped, steps }) => [stopped, steps])).toEqual([
      ['converged', 20],
      ['converged', 20],
    ]);
    const notebook = polysemJson<Many>([
      ...RELU,
      ...words('--density 0.3 --init notebook --instances 2'),
      ...words('--optimizer adamw --weight-decay 0.1'),
    ]);
    expect(notebook.instances[1].spec).toMatchObject({
      initialisation: { name: 'notebook', instances: 2 },
      optimiser: { name: 'adamw', weightDecay: 0.1, beta1: 0.9 },
    });
  });

  it('accepts powers as importances and one density per feature', () => {
    const folder = scratch();
    const densities = [0.5, 0.4, 0.3, 0.2, 0.1];
    writeFileSync(
      join(folder, 'p.npy'),
      encodeNpy({ shape: [5], data: Float64Array.from(densities) }),
    );
    const line = [...RELU.slice(0, 9), '--steps', '5', '--seeds', '1', '--importance', '0.9^i'];
    for (const density of ['p.npy', densities.join(',')]) {
      const { spec } = polysemJson<Trained>([...line, '--density', density], folder);
      expect((spec.inputs as { density: number }[]).map((each) => each.density)).toEqual(densities);
      spec.model.importance.forEach((v, i) => expect(v).toBeCloseTo(0.9 ** i, 14));
    }
  });

  it('reports its kernel, and none for exact losses', () => {
    const typescript = polysemJson<Trained>([
      ...RELU,
      '--density',
      '0.3',
      '--kernel',
      'typescript',
    ]);
    expect(typescript.kernel).toBe('typescript');
    const exact = polysemJson<Trained>([...words('train --importance 2,1 --dims 1 --density 0.3')]);
    expect(exact.kernel).toBe(null);
  });

  it.each<[string[], string]>([
    [['--density', '1..0'], '--density: both ends of 1..0 must lie in (0, 1]'],
    [['--density', '1..0.1'], '--density: 1..0.1 is spread over instances'],
    [['--density', '1..0.1..2'], '--density: expected a number'],
    [['--density', '2..0.1', '--instances', '2'], '--density: must lie in (0, 1], got 2'],
    [['--density', '0.1,0.2'], '--density: 2 values for 5 features'],
    [['--density', '0.1', '--instances', '0'], '--instances: expected an integer of at least 1'],
    [['--density', '0.1', '--init', 'zero'], '--init: expected one of xavier, kaiming'],
    [['--density', '0.1', '--momentum', '0.9'], '--momentum: belongs to the optimiser sgd'],
    [
      ['--density', '0.1', '--optimizer', 'sgd', '--momentum', '1'],
      '--momentum: must lie in [0, 1), got 1',
    ],
    [['--density', '0.1', '--weight-decay', '-1'], '--weight-decay: must be finite'],
    [
      ['--density', '0.1', '--optimizer', 'lbfgs', '--weight-decay', '1'],
      '--weight-decay: L-BFGS has none',
    ],
    [['--density', '0.1', '--clip', '0'], '--clip: must be positive'],
    [['--density', '0.1', '--optimizer', 'lbfgs', '--clip', '1'], '--clip: L-BFGS has none'],
    [['--density', '0.1', '--optimizer', 'lbfgs', '--history', '2'], '--history: L-BFGS has none'],
    [['--density', '0.1', '--warm-up', '60'], '--warm-up: must be fewer than the 60 steps'],
    [['--density', '0.1', '--schedule', 'linear'], '--schedule: expected one of constant, cosine'],
    [['--density', '0.1', '--early-stop', '50'], '--early-stop: expected steps:fraction'],
    [['--density', '0.1', '--early-stop', '50:1'], '--early-stop: the improvement must lie in'],
    [['--density', '0.1', '--early-stop', '0:0.1'], '--early-stop: expected an integer'],
    [['--density', '0.1', '--threads', '0'], '--threads: expected an integer of at least 1'],
    [['--density', '0.1', '--kernel', 'gpu'], '--kernel: expected one of auto, wasm-fma'],
    [['--density', '0.1', '--history', '-1'], '--history: expected an integer of at least 0'],
    [['--density', '0.1', '--instances', '2', '--bars', 'b.svg'], '--bars: draws one model'],
    [
      ['--density', '0.1', '--importance', 'x^i'],
      '--importance: expected a number, a list, powers such as 0.9^i',
    ],
    [
      ['--density', '0.1', '--importance', '1,2,3,4,5', '--shape', 'round'],
      '--shape: expected one of',
    ],
  ])('refuses %j in one line', async (line, message) => {
    const run = await polysemInTurn([...RELU, ...line], scratch());
    expect(run.stderr).toMatch(/^polysem: [^\n]+\n$/);
    expect(run.stderr).toContain(message);
    expect([run.code, run.stdout]).toEqual([2, '']);
  });

  it.each([
    ['Adam', '--batch 256 --steps 4000 --history 3'],
    ['L-BFGS', '--optimizer lbfgs --batch 4096 --steps 400'],
  ])('resumes in the middle of a restart of %s after a kill, with the same bytes', (_, how) => {
    const line = [
      ...RELU.slice(0, 11),
      ...words('--density 0.3 --kernel typescript --seeds 2 --threads 2'),
      ...words(how),
      ...words('--out w.safetensors --json'),
    ];
    const folder = scratch();
    // Workers send a checkpoint at every report, not every three seconds; the process ends once each restart has one.
    const atCheckpoints = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      import { Worker } from 'node:worker_threads';
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (order, ...others) {
        postMessage.call(this, order.kind === 'train' ? { ...order, checkpointMs: 0 } : order, ...others);
      };
      const { renameSync } = fs;
      const starts = new Set();
      fs.renameSync = (from, to) => {
        renameSync(from, to);
        const start = /-start-(\\d)$/.exec(String(to));
        if (start !== null) starts.add(start[1]);
        if (starts.size === 2) process.kill(process.pid, 'SIGKILL');
      };
      syncBuiltinESMExports();`;
    expect(polysemCutBy(atCheckpoints, line, folder).signal).toBe('SIGKILL');
    // A fast first restart may have ended when the second one has its checkpoint.
    expect(readdirSync(folder)).toContainEqual(
      expect.stringMatching(/^\.polysem-journal-.*-start-\d$/),
    );
    const resumed = polysem(line, folder);
    expect(resumed.code).toBe(0);
    expect(readdirSync(folder)).toEqual(['w.safetensors']);
    const straight = scratch();
    expect(polysem(line, straight).stdout).toBe(resumed.stdout);
    expect(readFileSync(join(folder, 'w.safetensors'))).toEqual(
      readFileSync(join(straight, 'w.safetensors')),
    );
  });
});
