import type { KernelContext } from './context.ts';
import { givenArrays } from './given-arrays.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { Structure } from './structure.ts';
import type { FunctionHandle } from '@polysem/numerics/wasm';
import { i32 } from '@polysem/numerics/wasm';

/** Size of a panel of given inputs, in bytes. */
export function givenPanelBytes(structure: Structure, { inputs }: KernelMemory): number {
  return givenArrays(structure) * inputs.stride;
}

/** Defines a function that copies the next panel of given inputs. It returns its number of rows, 0 after the last. */
export function defineGivenPanels(context: KernelContext): FunctionHandle<'i32'> {
  const { module, structure, memory } = context;
  return module.define(
    [],
    'i32',
    (body) => {
      const here = i32.const(0);
      const done = body.hold(i32.load(here, memory.processed));
      const left = body.hold(i32.sub(i32.load(here, memory.givenRows), done));
      body.if(i32.ltS(left, i32.const(1)), () => body.return(i32.const(0)));
      const rows = body.hold(i32.const(memory.rows));
      body.if(i32.ltS(left, rows), () => body.set(rows, left));
      const bytes = i32.const(givenPanelBytes(structure, memory));
      const place = i32.mul(i32.divU(done, i32.const(memory.rows)), bytes);
      const from = i32.add(place, i32.load(here, memory.givenAt));
      body.copy(i32.const(memory.inputs.address), from, bytes);
      body.return(rows);
    },
    'samplePanel',
  );
}
