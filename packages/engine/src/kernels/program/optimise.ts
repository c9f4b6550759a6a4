import type { FirstOrder } from '../../descent/optimiser.ts';
import type { Arithmetic } from '@polysem/numerics/lanes';
import type { KernelMemory } from './kernel-memory.ts';
import { sumOfSquares } from './lane-sums.ts';
import type { FunctionHandle, ModuleBuilder } from '@polysem/numerics/wasm';
import { f32, f32x4, f64, i32, v128, type V128 } from '@polysem/numerics/wasm';

/** Byte offsets of the optimiser's constants: f32 numbers, then an i32 (1 for Adam) and the clipping bound as f64. */
const PLACE = {
  keepFirst: 0,
  takeFirst: 4,
  keepSecond: 8,
  takeSecond: 12,
  epsilon: 16,
  coupledDecay: 20,
  decoupledDecay: 24,
  isAdam: 28,
  clip: 32,
};

/** Writes an optimiser's constants to the memory of a kernel. */
export function writeOptimiser(
  view: DataView,
  at: number,
  optimiser: FirstOrder,
  clip: number | null,
): void {
  const set = (place: keyof typeof PLACE, value: number): void =>
    view.setFloat32(at + PLACE[place], value, true);
  const isAdam = optimiser.name !== 'sgd';
  view.setInt32(at + PLACE.isAdam, isAdam ? 1 : 0, true);
  view.setFloat64(at + PLACE.clip, clip ?? Infinity, true);
  set('coupledDecay', optimiser.name === 'adamw' ? 0 : optimiser.weightDecay);
  set('decoupledDecay', optimiser.name === 'adamw' ? optimiser.weightDecay : 0);
  if (isAdam) {
    set('keepFirst', optimiser.beta1);
    set('takeFirst', 1 - optimiser.beta1);
    set('keepSecond', optimiser.beta2);
    set('takeSecond', 1 - optimiser.beta2);
    set('epsilon', optimiser.epsilon);
  } else {
    set('keepFirst', optimiser.momentum);
  }
}

/** The parts of a kernel's context and memory that the optimiser needs. */
export interface OptimiserContext {
  readonly module: ModuleBuilder;
  readonly math: Arithmetic;
  readonly memory: Pick<
    KernelMemory,
    'optimiser' | 'table' | 'parameters' | 'gradient' | 'first' | 'second'
  >;
}

/** Defines a function that returns the squared norm of a part of the gradient, from one byte offset up to another. */
export function defineGradientNorm({ module, memory }: OptimiserContext): FunctionHandle<'f64'> {
  return module.define(
    ['i32', 'i32'],
    'f64',
    (body, from, to) => {
      const sum = body.hold(f64.const(0));
      const at = body.hold(from);
      body.doWhile(() => {
        body.scope(() => {
          const g = v128.load(at, memory.gradient);
          body.set(sum, f64.add(sum, sumOfSquares(body, g)));
        });
        body.set(at, i32.add(at, i32.const(16)));
        return i32.ltU(at, to);
      });
      body.return(sum);
    },
    'norm',
  );
}

/**
 * Defines a function that takes one optimiser step: SGD with momentum, Adam (Kingma & Ba 2015) or AdamW (Loshchilov &
 * Hutter 2019), as in `descent/optimiser.ts`. Its parameters are the squared norm of the gradient, the byte offset in the
 * table of learning rates, and the byte offsets of the first parameter and behind the last.
 */
export function defineUpdate({ module, math, memory }: OptimiserContext): FunctionHandle<null> {
  return module.define(
    ['f64', 'i32', 'i32', 'i32'],
    null,
    (body, squaredNorm, step, from, to) => {
      const here = i32.const(0);
      const constant = (place: keyof typeof PLACE): V128 =>
        body.hold(v128.loadSplat(here, memory.optimiser + PLACE[place]));
      const clip = body.hold(f64.load(here, memory.optimiser + PLACE.clip));
      const factor = body.hold(f32.const(1));
      body.if(f64.lt(f64.mul(clip, clip), squaredNorm), () =>
        body.set(factor, f64.toF32(f64.div(clip, f64.sqrt(squaredNorm)))),
      );
      const scale = body.hold(f32x4.splat(factor));
      const rate = body.hold(v128.loadSplat(step, memory.table));
      const coupled = constant('coupledDecay');
      const keepFirst = constant('keepFirst');
      const at = body.hold(from);
      const overParameters = (visit: (p: V128, g: V128) => void): void => {
        body.doWhile(() => {
          body.scope(() => {
            const p = body.hold(v128.load(at, memory.parameters));
            const g = f32x4.mul(v128.load(at, memory.gradient), scale);
            visit(p, body.hold(math.multiplyAdd(coupled, p, g)));
          });
          body.set(at, i32.add(at, i32.const(16)));
          return i32.ltU(at, to);
        });
      };
      body.if(
        i32.load(here, memory.optimiser + PLACE.isAdam),
        () => {
          const takeFirst = constant('takeFirst');
          const keepSecond = constant('keepSecond');
          const takeSecond = constant('takeSecond');
          const epsilon = constant('epsilon');
          const decoupled = constant('decoupledDecay');
          const correctFirst = body.hold(v128.loadSplat(step, memory.table + 4));
          const correctSecond = body.hold(v128.loadSplat(step, memory.table + 8));
          overParameters((p, g) => {
            const m = body.hold(
              math.multiplyAdd(v128.load(at, memory.first), keepFirst, f32x4.mul(g, takeFirst)),
            );
            const v = body.hold(
              math.multiplyAdd(
                v128.load(at, memory.second),
                keepSecond,
                f32x4.mul(f32x4.mul(g, g), takeSecond),
              ),
            );
            body.store(at, memory.first, m);
            body.store(at, memory.second, v);
            const root = f32x4.sqrt(f32x4.mul(v, correctSecond));
            const move = f32x4.div(f32x4.mul(m, correctFirst), f32x4.add(root, epsilon));
            const whole = math.multiplyAdd(decoupled, p, move);
            body.store(at, memory.parameters, math.multiplySubtract(rate, whole, p));
          });
        },
        () => {
          overParameters((p, g) => {
            const velocity = body.hold(math.multiplyAdd(v128.load(at, memory.first), keepFirst, g));
            body.store(at, memory.first, velocity);
            body.store(at, memory.parameters, math.multiplySubtract(rate, velocity, p));
          });
        },
      );
    },
    'update',
  );
}
