import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { revision, version } from '@polysem/core';
import { fastestKernel } from '@polysem/engine/kernels';
import { trainingDefaults, type TrainingSpec } from '@polysem/engine/training';
import { planPhase, type PhaseSpec } from '@polysem/engine/phase';
import type { ToyModel } from '@polysem/engine/models';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  canonicalJson,
  identity,
  openRowRunner,
  runPhase,
  runTraining,
  type PhaseDiagram,
  type RunOptions,
} from '../src/index.ts';
import { openStore, removeJournal } from '../src/store/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const small: PhaseSpec = {
  features: 3,
  dims: 1,
  shape: 'uniform',
  density: { from: 0.5, to: 0.05, count: 4 },
  importance: { from: 0.2, to: 5, count: 3 },
  trained: { loss: 'exact', restarts: 8, stopAtGap: 1e-9, activeEntries: 1000 },
  seed: 3,
};
const plan = planPhase(small);

describe('identity', () => {
  it('does not depend on the order of keys or on undefined fields', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (spec) => {
        const reversed = Object.fromEntries(Object.entries(spec).toReversed());
        fc.pre(!('__proto__' in spec && Object.keys(reversed).length !== Object.keys(spec).length));
        expect(identity(reversed)).toBe(identity(spec));
        expect(identity({ ...spec, another: 1.5 })).not.toBe(identity({ ...spec, another: 2.5 }));
        expect(JSON.parse(canonicalJson(spec))).toEqual(JSON.parse(JSON.stringify(spec)));
      }),
    );
    expect(canonicalJson({ b: [1, 'x', null], a: true, c: undefined })).toBe(
      '{"a":true,"b":[1,"x",null]}',
    );
    expect(identity({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(() => canonicalJson({ a: NaN })).toThrow(TypeError);
    expect(() => canonicalJson([undefined])).toThrow(TypeError);
  });
});

describe('runPhase', () => {
  it('reads finished rows from the journal and computes the rest with the same result', async () => {
    const runner = await openRowRunner({ threads: 1 });
    const straight = await runPhase(plan, runner);
    const path = join(folder, 'phase-journal');
    const interrupted = runPhase(plan, runner, {
      journal: path,
      onProgress: (done) => {
        if (done === 0.5) throw new Error('power cut');
      },
    });
    await expect(interrupted).rejects.toThrow('power cut');
    // A value that can only come from the journal.
    const store = openStore(path, identity({ version, revision, spec: small }));
    const first = store.finished('row-0') as { capacity: number[] };
    expect([store.finished('row-1') === undefined, store.finished('row-2')]).toEqual([
      false,
      undefined,
    ]);
    store.finish('row-0', { ...first, capacity: [0.125, ...first.capacity.slice(1)] });
    const resumed = await runPhase(plan, runner, { journal: path });
    expect(resumed.capacity[0]).toBe(0.125);
    expect(resumed.trained).toEqual(straight.trained);
    removeJournal(path);
    expect(existsSync(path)).toBe(false);
  });

  it.each(['exact', 'sampled'] as const)(
    'gives the same bytes on 1, 2 and 3 threads with the %s loss, also after an interruption',
    async (loss) => {
      const trained = { loss, restarts: 3, stopAtGap: 1e-9, activeEntries: 1000 };
      const own = planPhase({ ...small, trained });
      const run = async (threads: number, options: RunOptions = {}): Promise<PhaseDiagram> => {
        const runner = await openRowRunner({ threads });
        try {
          return await runPhase(own, runner, options);
        } finally {
          await runner.close();
        }
      };
      const one = await run(1);
      expect(await run(2)).toEqual(one);
      expect(await run(3)).toEqual(one);
      const journal = join(folder, `phase-${loss}`);
      const cut = run(2, {
        journal,
        onProgress: (done) => {
          if (done > 0) throw new Error('power cut');
        },
      });
      await expect(cut).rejects.toThrow('power cut');
      const progress: number[] = [];
      const resumed = await run(3, { journal, onProgress: (done) => progress.push(done) });
      expect(resumed).toEqual(one);
      expect(progress[0]).toBeGreaterThan(0);
      removeJournal(journal);
      expect(existsSync(journal)).toBe(false);
    },
  );
});

describe('runTraining', () => {
  const quadratic: ToyModel = {
    task: 'computation',
    activation: 'quadratic',
    features: 4,
    dims: 2,
    importance: [4, 2, 1, 1],
  };
  const spec: TrainingSpec = {
    model: quadratic,
    inputs: { shape: 'laplace', density: 0.3, unitVariance: true },
    ...trainingDefaults(quadratic, 'sampled'),
    steps: 100,
    batch: 64,
    seed: 5,
  };
  const specs = [0, 1].map((instance) => ({ ...spec, instance }));
  const journalAt = (name: string): string => {
    const own = mkdtempSync(join(folder, name));
    return join(own, 'journal');
  };

  it('reads finished restarts from the journal and trains the rest with the same result', async () => {
    const straight = await runTraining(specs);
    const path = journalAt('starts-');
    const cut = runTraining(specs, {
      journal: path,
      threads: 1,
      onProgress: (done) => {
        if (done > 0.6) throw new Error('power cut');
      },
    });
    await expect(cut).rejects.toThrow('power cut');
    const kernel = fastestKernel().name;
    const store = openStore(path, identity({ version, revision, specs, kernel }));
    const kept = specs
      .flatMap((_, i) =>
        Array.from({ length: spec.restarts }, (_start, k) => i * spec.restarts + k),
      )
      .filter((start) => store.finished(`start-${start}`) !== undefined).length;
    expect(kept).toBeGreaterThan(3);
    const seen: number[] = [];
    const resumed = await runTraining(specs, {
      journal: path,
      onProgress: (done) => seen.push(done),
    });
    expect(resumed).toEqual(straight);
    expect(seen.every((done) => done > kept / 8)).toBe(true);
    removeJournal(path);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('resumes in the middle of a restart, and leaves no files', async () => {
    // A single long restart, which can only resume from a checkpoint.
    const long = [{ ...spec, restarts: 1, steps: 20_000, history: 5 }];
    const straight = await runTraining(long, { kernel: 'typescript', threads: 1 });
    const path = journalAt('middle-');
    const clock = vi.spyOn(performance, 'now');
    let now = 0;
    // The clock advances a minute per call, so that every checkpoint is due.
    clock.mockImplementation(() => (now += 60_000));
    const cut = runTraining(long, {
      journal: path,
      kernel: 'typescript',
      threads: 1,
      onProgress: (done) => {
        if (done > 0.5) throw new Error('power cut');
      },
    });
    await expect(cut).rejects.toThrow('power cut');
    clock.mockRestore();
    expect(readdirSync(dirname(path))).toEqual(['journal-start-0']);
    const seen: number[] = [];
    const resumed = await runTraining(long, {
      journal: path,
      kernel: 'typescript',
      threads: 1,
      onProgress: (done) => seen.push(done),
    });
    expect(seen[0]).toBeGreaterThan(0.5);
    expect(resumed).toEqual(straight);
    removeJournal(path);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('gives the same result with any number of threads', async () => {
    const one = await runTraining(specs, { threads: 1 });
    expect(await runTraining(specs, { threads: 2 })).toEqual(one);
    const path = journalAt('threads-');
    const cut = runTraining(specs, {
      journal: path,
      threads: 2,
      onProgress: () => {
        throw new Error('power cut');
      },
    });
    await expect(cut).rejects.toThrow('power cut');
    // Restarts in progress are kept.
    expect(readdirSync(dirname(path)).length).toBeGreaterThan(0);
    expect(await runTraining(specs, { journal: path, threads: 2 })).toEqual(one);
    removeJournal(path);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('stops L-BFGS at the same restart, with the same bytes, on 1, 2 and 3 threads', async () => {
    // At kurtosis 1.8 every subset of features is a local optimum, in which a restart can end.
    const stopping = [3, 4, 5].map((seed) => ({
      ...spec,
      inputs: { shape: 'uniform', density: 1, unitVariance: true } as const,
      ...trainingDefaults(quadratic, 'exact', 'lbfgs'),
      restarts: 16,
      stopAtGap: 1e-9,
      seed,
    }));
    const one = await runTraining(stopping, { threads: 1 });
    const taken = one.map(({ runs }) => runs.length);
    expect(Math.max(...taken)).toBeGreaterThan(1);
    expect(Math.max(...taken)).toBeLessThan(16);
    expect(await runTraining(stopping, { threads: 2 })).toEqual(one);
    expect(await runTraining(stopping, { threads: 3 })).toEqual(one);
  });

  it('rejects an unknown kernel', async () => {
    await expect(runTraining(specs, { kernel: 'gpu' as 'typescript' })).rejects.toThrow(
      'kernel: this engine cannot run gpu',
    );
  });
});
