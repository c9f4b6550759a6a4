// Measures the processor time of a training step with each method that supports it.

import process from 'node:process';
import { capability } from '@polysem/numerics/wasm';
import { largeShape } from '../../packages/engine/dist/kernels/large/large-shape.js';
import { drawnInputs } from '../../packages/engine/dist/kernels/program/drawing.js';
import {
  chooseMethod,
  supportedMethods,
} from '../../packages/engine/dist/kernels/program/choose-method.js';
import { wasmKernel } from '../../packages/engine/dist/kernels/wasm-kernel.js';
import { quantileOf } from './compare-times.mjs';
import { instanceOf, plannedStep } from './timed-step.mjs';

/** Samples per method. */
const ROUNDS = 7;
/** Shortest sample in seconds of processor time. */
const SAMPLE = 0.005;
/** Methods with a slower step than this, in seconds, are left out: they are never chosen, and would take minutes. */
const SLOWEST_STEP = 0.08;
const REFERENCE = { features: 20, dims: 5, batch: 256, density: 1 };

/** Steps before timing: after them, the number of unclipped outputs is that of most of a training. */
function trainedSteps({ features }) {
  return features >= 1000 ? 100 : 400;
}

/** Methods that can take the step of a point. The code for large models is not forced: the kernel chooses it. */
function methodsOf(point) {
  const { instance } = instanceOf(point);
  const isLarge = largeShape(instance, drawnInputs(instance), false) !== null;
  return [...supportedMethods(plannedStep(point)), ...(isLarge ? ['large'] : [])];
}

/** The method that the kernel chooses at a point. */
export function chosenMethod(point) {
  const methods = methodsOf(point);
  return methods.includes('large') ? 'large' : chooseMethod(plannedStep(point));
}

function seconds(run) {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** A function that takes steps from given weights, as many as make a sample long enough; it returns seconds per step. */
function sampler(kernel, instance, before) {
  const run = (steps) =>
    seconds(() => kernel.advance(instance, structuredClone(before), new Float64Array(steps))) /
    steps;
  // Compilation makes the first calls long.
  run(1);
  run(1);
  let steps = 1;
  while (run(steps) * steps < SAMPLE) steps *= 2;
  return () => run(steps);
}

/**
 * Prepares measurements. A reference step is timed next to every sample, and times are multiples of it, because other jobs slow
 * the machine down at times.
 *
 * @returns `measure(point, methods)`: multiples of the reference by method (all by default), medians over interleaved samples; `unit()`: nanoseconds of
 * the reference in its fastest tenth; the name of the kernel.
 */
export function openMeter() {
  const isFused = capability() === 'fma';
  const kernels = new Map();
  const kernelOf = (method) => {
    if (!kernels.has(method)) kernels.set(method, wasmKernel(isFused, method));
    return kernels.get(method);
  };
  const dense = kernelOf('dense');
  const reference = instanceOf(REFERENCE);
  const referenceTime = sampler(dense, reference.instance, dense.begin(reference.start));
  const references = [];

  const measure = (point, methods = methodsOf(point)) => {
    const { instance, start } = instanceOf(point);
    const trained = dense.begin(start);
    kernelOf(undefined).advance(instance, trained, new Float64Array(trainedSteps(point)));
    const oneStep = (kernel) => {
      const run = () => kernel.advance(instance, structuredClone(trained), new Float64Array(1));
      // Compilation makes the first call long.
      run();
      return seconds(run);
    };
    const timed = methods
      .map((method) => ({ method, kernel: kernelOf(method === 'large' ? undefined : method) }))
      .filter(({ kernel }) => oneStep(kernel) < SLOWEST_STEP)
      .map(({ method, kernel }) => ({
        method,
        time: sampler(kernel, instance, trained),
        ratios: [],
      }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { time, ratios } of timed) {
        const before = referenceTime();
        const own = time();
        const after = referenceTime();
        references.push(before, after);
        ratios.push((2 * own) / (before + after));
      }
    }
    return timed.map(({ method, ratios }) => ({ method, ratio: quantileOf(ratios, 0.5) }));
  };
  return { measure, unit: () => 1e9 * quantileOf(references, 0.1), kernel: dense.name };
}
