import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { kernelNamed, type Kernel } from '@polysem/engine/kernels';
import { heldParts, holdPoint, trainHeld } from '@polysem/engine/phase';
import { inlineExecutor, trainMany, type TrainingResult } from '@polysem/engine/training';
import { describe, expect, it } from 'vitest';
import { phaseCommand, trainCommand } from '../src/copy/command.ts';
import { pytorchProgram } from '../src/copy/pytorch.ts';
import { typescriptProgram } from '../src/copy/typescript.ts';
import { readLink } from '../src/state/link.ts';
import { holdSpec, trainingSpec } from '../src/state/specs.ts';
import type { LabState } from '../src/state/state.ts';
import { program } from '../../../test/program.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const python = process.env.POLYSEM_PYTHON ?? 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;

/** Links of one state per task, with lists and numbers. */
const LINKS: Readonly<Record<string, string>> = {
  'ReLU compression': 'n=5&d=2&V=3&p=0.2&steps=150&r=2&b=128&seed=3',
  'quadratic computation': 'm=computation&a=quadratic&n=4&d=2&V=2,1,1,0.5&p=0.1&steps=150&r=2',
  'GELU compression, densities': 'a=gelu&n=4&d=2&p=0.1,0.2,0.3,0.4&steps=120&r=1&b=64',
  'vector computation': 'm=vector-computation&n=4&d=3&p=0.2&steps=150&r=2&b=64&lr=0.02',
  'ReLU computation': 'm=computation&n=4&d=2&p=0.3&steps=150&r=1&b=64',
};

/** The words of a command after the name of the program. */
const wordsOf = (command: string): string[] => command.replace('npx polysem ', '').split(' ');

/** Output of the copied command, as JSON. */
const command = (state: LabState, kernel: string): string =>
  execFileSync(process.execPath, [program, ...wordsOf(trainCommand(state, kernel)), '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** Output of a program in Node. */
const node = (code: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    cwd: root,
  });

/** The held network of a page, and what its program prints. */
async function heldNetwork(state: LabState, kernel: Kernel) {
  const { hold } = state;
  const { point, curve } = await trainHeld(holdSpec(state), hold!.capacity, async (_, tasks) =>
    tasks.map((task) => holdPoint(kernel, task)),
  );
  const best = point.best!;
  const { loss, slope, capacity } = best;
  const leftAlone = curve.free.best!.loss;
  return { best, expected: { loss, slope, leftAlone, capacity: Array.from(capacity) } };
}

describe.each(Object.entries(LINKS))('the copies of %s', (_name, link) => {
  const { state, ignored } = readLink(link);
  const spec = trainingSpec(state);
  // Every engine has this kernel; Node 20 has the faster one only with a flag.
  const kernel = kernelNamed('wasm-simd', [spec.model]);
  const trained = async (given: LabState = state): Promise<TrainingResult> => {
    const [result] = await trainMany([trainingSpec(given)], inlineExecutor(kernel), { kernel });
    if (result.best === null) throw new Error('diverged');
    return result;
  };

  it('as a command and as TypeScript give the numbers of the page', async () => {
    expect(ignored).toEqual([]);
    const { loss, capacity } = await trained();
    const expected = { loss, capacity: Array.from(capacity) };
    const printed = JSON.parse(command(state, kernel.name)) as TrainingResult;
    expect({ loss: printed.loss, capacity: printed.capacity }).toEqual(expected);
    expect(JSON.parse(node(typescriptProgram(state, kernel.name)))).toEqual(expected);
  });

  it.skipIf(!hasTorch)('as PyTorch give its capacities and its loss', async () => {
    const { loss, lossError, capacity, embedding, bias, readOut } = await trained();
    const network = {
      weights: Float64Array.from(embedding.data),
      bias,
      readOut: readOut === null ? null : Float64Array.from(readOut.data),
    };
    const output = execFileSync(python, ['-c', pytorchProgram(state, network) ?? ''], {
      encoding: 'utf8',
    });
    const [first, second] = output.trim().split('\n');
    const found = JSON.parse(first) as { capacity: number[]; loss: number; standard_error: number };
    capacity.forEach((c, i) => expect(found.capacity[i]).toBeCloseTo(c, 6));
    const error = Math.hypot(found.standard_error, lossError ?? 0);
    // Five standard errors: wrong by chance once in two million runs.
    expect(Math.abs(found.loss - loss)).toBeLessThan(5 * error);
    expect(second).toMatch(/^trained from scratch: loss \d/);
  });

  it('as a command and as TypeScript give the numbers of another start', async () => {
    if (state.restarts === 1) return;
    const { runs } = await trained();
    const { loss, capacity } = runs[1];
    const expected = { loss, capacity: Array.from(capacity) };
    const shown = { ...state, start: 2 };
    const printed = JSON.parse(command(shown, kernel.name)) as TrainingResult;
    expect(printed.runs[1]).toMatchObject(expected);
    expect(JSON.parse(node(typescriptProgram(shown, kernel.name)))).toEqual(expected);
  });

  // Others take long.
  const isQuick = ['quadratic', 'gelu'].includes(state.activation);
  it.runIf(isQuick)('as TypeScript and PyTorch give the numbers of a held network', async () => {
    const held = { ...state, hold: { feature: 1, capacity: 0.7 } };
    const { best, expected } = await heldNetwork(held, kernel);
    expect(JSON.parse(node(typescriptProgram(held, kernel.name)))).toEqual(expected);
    if (!hasTorch) return;
    const { embedding, bias, readOut } = heldParts(holdSpec(held), best.parameters);
    const network = {
      weights: Float64Array.from(embedding.data),
      bias,
      readOut: readOut === null ? null : Float64Array.from(readOut.data),
    };
    const output = execFileSync(python, ['-c', pytorchProgram(held, network) ?? ''], {
      encoding: 'utf8',
    });
    const found = JSON.parse(output) as {
      capacity: number[];
      loss: number;
      standard_error: number;
    };
    best.capacity.forEach((c, i) => expect(found.capacity[i]).toBeCloseTo(c, 6));
    // Training sees a stratified sample, on which its loss is a little lower.
    expect(Math.abs(found.loss / best.loss - 1)).toBeLessThan(
      0.03 + (5 * found.standard_error) / best.loss,
    );
  });

  it('as a command of the diagram are accepted by polysem phase', () => {
    const words = wordsOf(
      phaseCommand({ ...state, x: { ...state.x, count: 1, to: 2 }, y: { ...state.y, count: 1 } }),
    );
    const small = words.includes('--model')
      ? ['--seeds', '1', '--batch', '64', '--steps', '5']
      : [];
    const kept = words.filter((word, i) => word !== '--out' && words[i - 1] !== '--out');
    const { status, stderr } = spawnSync(process.execPath, [program, ...kept, ...small, '--json'], {
      encoding: 'utf8',
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  });
});
