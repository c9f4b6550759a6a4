import type { Arithmetic } from '@polysem/numerics/lanes';
import { i32, type Body, type I32, type Local, type ModuleBuilder } from '@polysem/numerics/wasm';
import type { FeatureLists, LargeMemory, Scratch } from './large-memory.ts';
import type { LargeShape } from './large-shape.ts';

/** Module under construction for one thread of a large model, with what all of its functions depend on. */
export interface LargeContext {
  readonly module: ModuleBuilder;
  readonly math: Arithmetic;
  readonly shape: LargeShape;
  readonly memory: LargeMemory;
  /** Memory of the thread. */
  readonly scratch: Scratch;
}

/** Emits a loop over a feature's list in a panel. `visit` gets 4 times the row and the address of the number. */
export function overEntries(
  body: Body,
  panel: I32,
  { rows, numbers }: FeatureLists,
  [from, to]: readonly [I32, I32],
  visit: (row: Local<'i32'>, at: I32, numbers: number) => void,
): void {
  const at = body.hold(i32.add(panel, from));
  const end = body.hold(i32.add(panel, to));
  body.while(
    () => i32.ltU(at, end),
    () => {
      body.scope(() => visit(body.hold(i32.load(at, rows)), at, numbers));
      body.set(at, i32.add(at, i32.const(4)));
    },
  );
}

/** Loads the bounds of a feature's list: byte offsets of its first entry and its end. */
export function boundsOf(
  body: Body,
  panel: I32,
  lists: FeatureLists,
  feature: I32,
): [Local<'i32'>, Local<'i32'>] {
  const at = body.hold(i32.add(panel, feature));
  return [body.hold(i32.load(at, lists.starts)), body.hold(i32.load(at, lists.starts + 4))];
}
