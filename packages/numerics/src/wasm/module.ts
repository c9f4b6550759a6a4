import { flatten, name, signed, sized, unsigned, vector, type Bytes } from './encoding.ts';
import type { I32, V128, Value, ValueType } from './value.ts';

/** A local variable: its value and its index. */
export interface Local<T extends ValueType> extends Value<T> {
  readonly index: number;
}

/** Instructions of a function, appended in order. */
export interface Body {
  readonly local: <T extends ValueType>(type: T) => Local<T>;
  /** A new local variable initialised with a value. */
  readonly hold: <T extends ValueType>(value: Value<T>) => Local<T>;
  readonly set: <T extends ValueType>(local: Local<T>, value: Value<T>) => void;
  /**
   * A local variable that holds a constant throughout the function. Engines may rebuild a vector constant in several
   * instructions at every use; a local variable that does not fit in a register costs only a load.
   */
  readonly constant: (value: V128) => Local<'v128'>;
  readonly store: (address: I32, offset: number, value: Value<ValueType>) => void;
  /**
   * Stores vectors one after the other. The vectors must not depend on what is stored. The last is stored first: before a pair of
   * stores that begins with the lower address, V8 stores the lower vector alone too, so that a trap at the higher address leaves
   * memory as it would be without pairs.
   */
  readonly storeVectors: (address: I32, offset: number, vectors: readonly V128[]) => void;
  /** Fills bytes with zeros, starting at an address. */
  readonly clear: (address: I32, bytes: I32) => void;
  /** Copies bytes; source and destination may overlap. */
  readonly copy: (to: I32, from: I32, bytes: I32) => void;
  readonly if: (condition: I32, then: () => void, otherwise?: () => void) => void;
  /** Local variables made inside are reused after the scope; their values are lost. */
  readonly scope: (block: () => void) => void;
  /** Repeats the block while the value it returns is not 0; runs at least once. */
  readonly doWhile: (block: () => I32) => void;
  /** Repeats the block while the condition holds. */
  readonly while: (condition: () => I32, block: () => void) => void;
  /** Returns from the function. */
  readonly return: (value?: Value<ValueType>) => void;
  readonly call: (callee: FunctionHandle<null>, ...args: readonly Value<ValueType>[]) => void;
}

/** A function of the module that later code can call. */
export interface FunctionHandle<R extends ValueType | null> {
  readonly index: number;
  readonly result: R;
}

/** A WebAssembly module under construction. */
export interface ModuleBuilder {
  readonly define: <R extends ValueType | null, const P extends readonly ValueType[]>(
    parameters: P,
    result: R,
    write: (body: Body, ...parameters: { [K in keyof P]: Local<P[K]> }) => void,
    exportedAs?: string,
  ) => FunctionHandle<R>;
  /** The module's bytes. The module imports its memory as `env.memory`; a shared one has exactly that number of pages. */
  readonly bytes: (memoryPages: number, isShared?: boolean) => Uint8Array<ArrayBuffer>;
}

const TYPES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
const STORES = { i32: [0x36], f32: [0x38], f64: [0x39], v128: [0xfd, 0x0b] } as const;
const EMPTY = 0x40;
const END = 0x0b;

/**
 * The result of a call.
 *
 * @param callee function with a result.
 * @param args arguments of the call.
 * @returns code that calls the function and leaves its result.
 * @example
 * ```js
 * import { called, i32, moduleBuilder } from '@polysem/numerics/wasm';
 * const module = moduleBuilder();
 * const one = module.define([], 'i32', (body) => body.return(i32.const(1)));
 * called(one).type; // 'i32'
 * ```
 */
export function called<R extends ValueType>(
  callee: FunctionHandle<R>,
  ...args: readonly Value<ValueType>[]
): Value<R> {
  return {
    type: callee.result,
    code: [...args.map((value) => value.code), 0x10, ...unsigned(callee.index)],
  };
}

/**
 * Starts a WebAssembly module (WebAssembly Core Specification 2.0, binary format; relaxed SIMD of 3.0). Functions may call
 * functions defined before them.
 *
 * @returns an empty module.
 * @example
 * ```js
 * import { i32, moduleBuilder, webAssembly } from '@polysem/numerics/wasm';
 * const module = moduleBuilder();
 * module.define(['i32'], 'i32', (body, x) => body.return(i32.add(x, i32.const(1))), 'increment');
 * webAssembly().validate(module.bytes(1)); // true
 * ```
 */
export function moduleBuilder(): ModuleBuilder {
  const types: Bytes[] = [];
  const bodies: Bytes[] = [];
  const exported: Bytes[] = [];
  return {
    define: (parameters, result, write, exportedAs) => {
      const index = bodies.length;
      types.push([
        0x60,
        vector(parameters.map((type) => [TYPES[type]])),
        vector(result === null ? [] : [[TYPES[result]]]),
      ]);
      const { body, finish, parameterLocals } = functionBody(parameters);
      write(body, ...(parameterLocals as never));
      bodies.push(finish(result));
      if (exportedAs !== undefined) exported.push([name(exportedAs), 0x00, ...unsigned(index)]);
      return { index, result };
    },
    bytes: (memoryPages, isShared = false) => {
      const pages = unsigned(memoryPages);
      // Limits (Core Specification, 5.3.7): a minimum, or for shared memories a minimum and a maximum.
      const limits = isShared ? [0x03, ...pages, ...pages] : [0x00, ...pages];
      return flatten([
        [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
        [1, sized(vector(types))],
        [2, sized(vector([[name('env'), name('memory'), 0x02, ...limits]]))],
        [3, sized(vector(bodies.map((_, type) => unsigned(type))))],
        [7, sized(vector(exported))],
        [10, sized(vector(bodies.map(sized)))],
      ]);
    },
  };
}

/** The body of a function under construction. Long, because its instructions share the code and the local variables. */
function functionBody(parameters: readonly ValueType[]) {
  const code: Bytes[] = [];
  const constants = new Map<string, { local: Local<'v128'>; value: V128 }>();
  const locals: ValueType[] = [];
  const parameterLocals = parameters.map((type, index) => variable(type, index));
  const free: Record<ValueType, number[]> = { i32: [], f32: [], f64: [], v128: [] };
  const scopes: Local<ValueType>[][] = [];
  const fresh = <T extends ValueType>(type: T): Local<T> => {
    locals.push(type);
    return variable(type, parameters.length + locals.length - 1);
  };
  const local = <T extends ValueType>(type: T): Local<T> => {
    const reused = free[type].pop();
    const made = reused === undefined ? fresh(type) : variable(type, reused);
    scopes.at(-1)?.push(made);
    return made;
  };
  const set = <T extends ValueType>(target: Local<T>, value: Value<T>): void => {
    code.push([value.code, 0x21, ...unsigned(target.index)]);
  };
  const store: Body['store'] = (address, offset, value) => {
    code.push([address.code, value.code, ...STORES[value.type], 0, ...unsigned(offset)]);
  };
  const body: Body = {
    local,
    hold: (value) => {
      const held = local(value.type);
      set(held, value);
      return held;
    },
    set,
    constant: (value) => {
      const key = String(flatten(value.code));
      const found = constants.get(key) ?? { local: fresh('v128'), value };
      constants.set(key, found);
      return found.local;
    },
    store,
    storeVectors: (address, offset, vectors) => {
      for (let v = vectors.length - 1; v >= 0; v--) store(address, offset + 16 * v, vectors[v]);
    },
    clear: (address, bytes) => {
      code.push([address.code, 0x41, ...signed(0), bytes.code, 0xfc, 0x0b, 0x00]);
    },
    copy: (to, from, bytes) => {
      code.push([to.code, from.code, bytes.code, 0xfc, 0x0a, 0x00, 0x00]);
    },
    if: (condition, then, otherwise) => {
      code.push([condition.code, 0x04, EMPTY]);
      then();
      if (otherwise !== undefined) {
        code.push([0x05]);
        otherwise();
      }
      code.push([END]);
    },
    scope: (block) => {
      scopes.push([]);
      block();
      for (const { type, index } of scopes.pop() ?? []) free[type].push(index);
    },
    doWhile: (block) => {
      code.push([0x03, EMPTY]);
      const again = block();
      code.push([again.code, 0x0d, 0, END]);
    },
    while: (condition, block) => {
      code.push([0x02, EMPTY, 0x03, EMPTY, condition().code, 0x45, 0x0d, 1]);
      block();
      code.push([0x0c, 0, END, END]);
    },
    return: (value) => {
      code.push([value?.code ?? [], 0x0f]);
    },
    call: (callee, ...args) => {
      code.push([...args.map((value) => value.code), 0x10, ...unsigned(callee.index)]);
    },
  };
  const finish = (result: ValueType | null): Bytes => [
    vector(locals.map((type) => [1, TYPES[type]])),
    Array.from(constants.values(), (one) => [one.value.code, 0x21, ...unsigned(one.local.index)]),
    code,
    // A function with a result returns explicitly, so this point is unreachable.
    result === null ? [] : [0x00],
    END,
  ];
  return { body, finish, parameterLocals };
}

function variable<T extends ValueType>(type: T, index: number): Local<T> {
  return { type, index, code: [0x20, ...unsigned(index)] };
}
