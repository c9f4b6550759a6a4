import { viewOf } from '../../bytes/byte-source.ts';

/*
 * A pickle reader that executes nothing: a global is only a name, and a call is a record of what would have been called with
 * which arguments. It knows the opcodes of protocols 2 to 5 that can be understood without running code.
 *
 * Each opcode takes at least one byte and makes at most one node, and strings and numbers are stored in full, so memory is
 * proportional to the size of the pickle. The stack is an array, so deep nesting cannot overflow it.
 */

/** A value in a pickle, with no code executed. */
export type PickleValue = null | boolean | number | string | PickleNode;

/** A value that is not plain. */
export interface PickleNode {
  readonly kind: 'list' | 'tuple' | 'dict' | 'call' | 'global' | 'persistent' | 'opaque';
  /** `module.name` of a global or of the callee of a call; otherwise empty. */
  readonly name: string;
  /** Arguments of a call, the id of a persistent object, or the items of a container. */
  readonly items: PickleValue[];
  /** Items appended to the result of a call. */
  readonly appended: PickleValue[];
  /** Keys and values of a dict, or set on the result of a call. */
  readonly entries: [PickleValue, PickleValue][];
  /** The state that BUILD would set on the result of a call. */
  state: PickleValue;
}

/** A pickle cannot be read; the message says why and at which byte. */
export class PickleError extends Error {
  override readonly name: string = 'PickleError';
}

const MARK: unique symbol = Symbol('mark');
/** The empty list of all nodes without items, which are most nodes. Never written to. */
const EMPTY: never[] = [];

/** The state of the pickle machine. */
interface Machine {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Shared, since creating a decoder costs more than decoding a short string. */
  readonly decoder: InstanceType<typeof TextDecoder>;
  readonly stack: (PickleValue | typeof MARK)[];
  readonly memo: Map<number, PickleValue>;
  /** Offset of the next byte. */
  at: number;
}

/**
 * Reads a pickle up to its STOP; bytes after it are ignored.
 *
 * @throws PickleError if an opcode is unknown or the pickle is damaged.
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  const machine: Machine = {
    bytes,
    view: viewOf(bytes),
    decoder: new TextDecoder(),
    stack: [],
    memo: new Map(),
    at: 0,
  };
  for (;;) {
    const code = uint8(machine);
    if (code === STOP) return pop(machine);
    const value = VALUES[code];
    const effect = EFFECTS[code];
    if (value !== undefined) machine.stack.push(value(machine));
    else if (effect !== undefined) effect(machine);
    else {
      const hex = code.toString(16).padStart(2, '0');
      fail(machine, `has the opcode 0x${hex}, which no checkpoint needs,`);
    }
  }
}

/* The opcodes, by the numbers and names of Python's pickle.py. */

const STOP = 0x2e;

/** Opcodes that push one value. */
const VALUES: Readonly<Record<number, (machine: Machine) => PickleValue>> = {
  /* NONE */ 0x4e: () => null,
  /* NEWTRUE */ 0x88: () => true,
  /* NEWFALSE */ 0x89: () => false,
  /* BININT */ 0x4a: (m) => m.view.getInt32(take(m, 4), true),
  /* BININT1 */ 0x4b: uint8,
  /* BININT2 */ 0x4d: (m) => m.view.getUint16(take(m, 2), true),
  /* LONG1 */ 0x8a: (m) => long(m, uint8(m)),
  /* LONG4 */ 0x8b: (m) => long(m, m.view.getInt32(take(m, 4), true)),
  /* BINFLOAT */ 0x47: (m) => m.view.getFloat64(take(m, 8), false),
  /* BINUNICODE */ 0x58: (m) => text(m, uint32(m)),
  /* BINSTRING */ 0x54: (m) => text(m, uint32(m)),
  /* SHORT_BINUNICODE */ 0x8c: (m) => text(m, uint8(m)),
  /* SHORT_BINSTRING */ 0x55: (m) => text(m, uint8(m)),
  /* BINUNICODE8 */ 0x8d: (m) => text(m, uint64(m)),
  /* SHORT_BINBYTES */ 0x43: (m) => opaque(m, uint8(m)),
  /* BINBYTES */ 0x42: (m) => opaque(m, uint32(m)),
  /* BINBYTES8 */ 0x8e: (m) => opaque(m, uint64(m)),
  /* BYTEARRAY8 */ 0x96: (m) => opaque(m, uint64(m)),
  /* EMPTY_DICT */ 0x7d: () => node('dict'),
  /* EMPTY_LIST */ 0x5d: () => node('list', []),
  /* EMPTY_SET */ 0x8f: () => node('list', []),
  /* FROZENSET */ 0x91: (m) => node('tuple', popToMark(m)),
  /* TUPLE */ 0x74: (m) => node('tuple', popToMark(m)),
  /* EMPTY_TUPLE */ 0x29: () => node('tuple'),
  /* TUPLE1 */ 0x85: (m) => node('tuple', popMany(m, 1)),
  /* TUPLE2 */ 0x86: (m) => node('tuple', popMany(m, 2)),
  /* TUPLE3 */ 0x87: (m) => node('tuple', popMany(m, 3)),
  /* GLOBAL */ 0x63: (m) => {
    const module = line(m);
    return node('global', EMPTY, `${module}.${line(m)}`);
  },
  /* STACK_GLOBAL */ 0x93: (m) => {
    const [module, name] = popMany(m, 2);
    if (typeof module !== 'string' || typeof name !== 'string') {
      return fail(m, 'has a global without a name');
    }
    return node('global', EMPTY, `${module}.${name}`);
  },
  /* REDUCE */ 0x52: (m) => call(pop(m), pop(m)),
  /* NEWOBJ */ 0x81: (m) => call(pop(m), pop(m)),
  /* NEWOBJ_EX: class, arguments, keyword arguments */ 0x92: (m) => {
    const [callee, args] = popMany(m, 3);
    return call(args, callee);
  },
  /* BINPERSID */ 0x51: (m) => node('persistent', [pop(m)]),
  /* DUP */ 0x32: top,
  /* BINGET */ 0x68: (m) => recall(m, uint8(m)),
  /* LONG_BINGET */ 0x6a: (m) => recall(m, uint32(m)),
};

/** Opcodes that change the machine or a value on the stack. */
const EFFECTS: Readonly<Record<number, (machine: Machine) => void>> = {
  /* PROTO */ 0x80: (m) => {
    if (uint8(m) > 5) fail(m, 'is of an unknown protocol');
  },
  /* FRAME */ 0x95: (m) => void take(m, 8),
  /* MARK */ 0x28: (m) => void m.stack.push(MARK),
  /* POP */ 0x30: (m) => {
    if (m.stack.pop() === undefined) fail(m, 'takes from an empty stack');
  },
  /* POP_MARK */ 0x31: (m) => void popToMark(m),
  /* BINPUT */ 0x71: (m) => void m.memo.set(uint8(m), top(m)),
  /* LONG_BINPUT */ 0x72: (m) => void m.memo.set(uint32(m), top(m)),
  /* MEMOIZE */ 0x94: (m) => void m.memo.set(m.memo.size, top(m)),
  /* APPEND */ 0x61: (m) => append(m, [pop(m)]),
  /* APPENDS */ 0x65: (m) => append(m, popToMark(m)),
  /* ADDITEMS */ 0x90: (m) => append(m, popToMark(m)),
  /* SETITEM */ 0x73: (m) => setItems(m, popMany(m, 2)),
  /* SETITEMS */ 0x75: (m) => setItems(m, popToMark(m)),
  /* BUILD */ 0x62: (m) => {
    const state = pop(m);
    const object = target(m);
    if (object.kind === 'call') object.state = state;
  },
};

function fail(machine: Machine, problem: string): never {
  throw new PickleError(`${problem} at byte ${machine.at}`);
}

/* Bytes of the pickle. */

/** Advances over `length` bytes and returns the offset of the first. */
function take(machine: Machine, length: number): number {
  if (!(length >= 0) || machine.at + length > machine.bytes.length) {
    return fail(machine, 'ends too early');
  }
  machine.at += length;
  return machine.at - length;
}

function uint8(machine: Machine): number {
  return machine.bytes[take(machine, 1)];
}

function uint32(machine: Machine): number {
  return machine.view.getUint32(take(machine, 4), true);
}

function uint64(machine: Machine): number {
  return Number(machine.view.getBigUint64(take(machine, 8), true));
}

function text(machine: Machine, length: number): string {
  const from = take(machine, length);
  return machine.decoder.decode(machine.bytes.subarray(from, from + length));
}

function line(machine: Machine): string {
  const end = machine.bytes.indexOf(10, machine.at);
  if (end < 0) return fail(machine, 'ends too early');
  const found = text(machine, end - machine.at);
  machine.at++;
  return found;
}

function opaque(machine: Machine, length: number): PickleNode {
  take(machine, length);
  return node('opaque');
}

/** Reads a two's complement integer of `length` bytes; one that a double cannot hold exactly becomes opaque. */
function long(machine: Machine, length: number): PickleValue {
  if (length > 8) return opaque(machine, length);
  const from = take(machine, length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(machine.bytes[from + i]);
  const number = Number(BigInt.asIntN(8 * length, value));
  return Number.isSafeInteger(number) ? number : node('opaque');
}

/* The stack. */

function top(machine: Machine): PickleValue {
  const value = machine.stack.at(-1);
  return value === undefined || value === MARK ? fail(machine, 'takes from an empty stack') : value;
}

function pop(machine: Machine): PickleValue {
  const value = top(machine);
  machine.stack.pop();
  return value;
}

function popMany(machine: Machine, count: number): PickleValue[] {
  const items: PickleValue[] = [];
  for (let i = 0; i < count; i++) items.push(pop(machine));
  return items.toReversed();
}

function popToMark(machine: Machine): PickleValue[] {
  const mark = machine.stack.lastIndexOf(MARK);
  if (mark < 0) return fail(machine, 'has no mark');
  const items = machine.stack.splice(mark) as PickleValue[];
  items.shift();
  return items;
}

function recall(machine: Machine, index: number): PickleValue {
  const value = machine.memo.get(index);
  return value === undefined ? fail(machine, 'recalls a value that was never stored') : value;
}

/* Nodes. */

function node(kind: PickleNode['kind'], items: PickleValue[] = EMPTY, name = ''): PickleNode {
  const open = kind === 'dict' || kind === 'call';
  return {
    kind,
    name,
    items,
    appended: open ? [] : EMPTY,
    entries: open ? [] : EMPTY,
    state: null,
  };
}

function call(args: PickleValue, callee: PickleValue): PickleNode {
  const name = typeof callee === 'object' && callee?.kind === 'global' ? callee.name : '?';
  const isTuple = typeof args === 'object' && args?.kind === 'tuple';
  return node('call', isTuple ? args.items : EMPTY, name);
}

/** The node on top of the stack, if it can be changed. */
function target(machine: Machine): PickleNode {
  const value = top(machine);
  const isNode = typeof value === 'object' && value !== null;
  return isNode && value.kind !== 'tuple' && value.kind !== 'global'
    ? value
    : fail(machine, 'changes a value that cannot be changed');
}

function append(machine: Machine, items: readonly PickleValue[]): void {
  const container = target(machine);
  const list = container.kind === 'list' ? container.items : container.appended;
  if (list === EMPTY) return;
  for (const item of items) list.push(item);
}

function setItems(machine: Machine, items: readonly PickleValue[]): void {
  const { entries } = target(machine);
  if (items.length % 2 !== 0) fail(machine, 'has a key without a value');
  if (entries === EMPTY) return;
  for (let i = 0; i < items.length; i += 2) entries.push([items[i], items[i + 1]]);
}
