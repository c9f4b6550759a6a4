import { viewOf } from '../../bytes/byte-source.ts';

/*
 * A reader of pickles that executes nothing: a global is a name, and a call is a note of who would have been called with
 * what. Of the opcodes it knows those of protocols 2 to 5 that need no code to be understood.
 *
 * Each opcode makes at most one node and takes at least one byte, and strings and numbers stand in the pickle in full, so
 * that memory is bounded by the pickle's own size; the stack is a list, so that no depth of nesting is too deep for it.
 */

/** What a pickle says, without any of it having been done. */
export type PickleValue = null | boolean | number | string | PickleNode;

/** Anything but a plain value. */
export interface PickleNode {
  readonly kind: 'list' | 'tuple' | 'dict' | 'call' | 'global' | 'persistent' | 'opaque';
  /** `module.name` of a global, and of what a call would have called; else empty. */
  readonly name: string;
  /** What it was made of: the arguments of a call, the one id of a persistent object, else the items. */
  readonly items: PickleValue[];
  /** Items appended to an object that a call would have made. */
  readonly appended: PickleValue[];
  /** Keys and values of a dict, or set on an object that a call would have made. */
  readonly entries: [PickleValue, PickleValue][];
  /** What an object's state would have been set to. */
  state: PickleValue;
}

/** Why a pickle cannot be read: at which byte, and what is wrong there. */
export class PickleError extends Error {
  override readonly name: string = 'PickleError';
}

type Kind = PickleNode['kind'];
type Item = PickleValue | typeof MARK;

const MARK: unique symbol = Symbol('mark');
/** Shared by all that have none, since most nodes have none. */
const NONE: never[] = [];

/**
 * Reads a pickle, which must end with its STOP; what follows is not looked at.
 *
 * @throws PickleError if an opcode is not known, or the pickle is damaged.
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  return machine(bytes).run();
}

function machine(bytes: Uint8Array): { run: () => PickleValue } {
  const view = viewOf(bytes);
  // One decoder, since making one costs more than most of these strings.
  const decoder = new TextDecoder();
  const stack: Item[] = [];
  const memo = new Map<number, PickleValue>();
  let at = 0;

  const fail = (problem: string): never => {
    throw new PickleError(`${problem} at byte ${at}`);
  };
  const take = (length: number): number => {
    if (!(length >= 0) || at + length > bytes.length) return fail('ends too early');
    at += length;
    return at - length;
  };
  const node = (kind: Kind, items: PickleValue[] = NONE, name = ''): PickleNode => {
    const open = kind === 'dict' || kind === 'call';
    return {
      kind,
      name,
      items,
      appended: open ? [] : NONE,
      entries: open ? [] : NONE,
      state: null,
    };
  };
  const pop = (): PickleValue => {
    const top = stack.pop();
    return top === undefined || top === MARK ? fail('takes what is not there') : top;
  };
  const top = (): PickleValue => {
    const value = stack.at(-1);
    return value === undefined || value === MARK ? fail('takes what is not there') : value;
  };
  const popToMark = (): PickleValue[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) return fail('has no mark');
    const items = stack.splice(mark) as PickleValue[];
    items.shift();
    return items;
  };
  const popMany = (count: number): PickleValue[] => {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) items.push(pop());
    return items.toReversed();
  };
  const target = (): PickleNode => {
    const value = top();
    const container = typeof value === 'object' && value !== null;
    return container && value.kind !== 'tuple' && value.kind !== 'global'
      ? value
      : fail('changes what cannot be changed');
  };
  const append = (items: readonly PickleValue[]): void => {
    const container = target();
    const list = container.kind === 'list' ? container.items : container.appended;
    // Only calls and lists have a list of their own; the shared empty one must stay empty.
    if (list === NONE) return;
    for (const item of items) list.push(item);
  };
  const setItems = (items: readonly PickleValue[]): void => {
    const { entries } = target();
    if (items.length % 2 !== 0) fail('has a key without a value');
    if (entries === NONE) return;
    for (let i = 0; i < items.length; i += 2) entries.push([items[i], items[i + 1]]);
  };
  const text = (length: number): string => {
    const from = take(length);
    return decoder.decode(bytes.subarray(from, from + length));
  };
  const opaque = (length: number): PickleNode => {
    take(length);
    return node('opaque');
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) return fail('ends too early');
    const found = text(end - at);
    at++;
    return found;
  };
  const uint8 = (): number => bytes[take(1)];
  const uint32 = (): number => view.getUint32(take(4), true);
  const uint64 = (): number => Number(view.getBigUint64(take(8), true));
  /** Two's complement, as many bytes as it says; an integer beyond those of a double is no number to us. */
  const long = (length: number): PickleValue => {
    if (length > 8) return opaque(length);
    const from = take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]);
    const number = Number(BigInt.asIntN(8 * length, value));
    return Number.isSafeInteger(number) ? number : node('opaque');
  };
  const call = (args: PickleValue, callee: PickleValue): PickleNode => {
    const name = typeof callee === 'object' && callee?.kind === 'global' ? callee.name : '?';
    const isTuple = typeof args === 'object' && args?.kind === 'tuple';
    return node('call', isTuple ? args.items : NONE, name);
  };
  const recall = (index: number): PickleValue => {
    const value = memo.get(index);
    return value === undefined ? fail('recalls what was not remembered') : value;
  };

  /** One opcode; the numbers are those of Python's pickle.py. */
  const step = (code: number): void => {
    switch (code) {
      case 0x80: // PROTO
        if (uint8() > 5) fail('is of an unknown protocol');
        return;
      case 0x95: // FRAME
        take(8);
        return;
      case 0x28: // MARK
        stack.push(MARK);
        return;
      case 0x30: // POP
        if (stack.pop() === undefined) fail('takes what is not there');
        return;
      case 0x31: // POP_MARK
        popToMark();
        return;
      case 0x32: // DUP
        stack.push(top());
        return;
      case 0x71: // BINPUT
        memo.set(uint8(), top());
        return;
      case 0x72: // LONG_BINPUT
        memo.set(uint32(), top());
        return;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        return;
      case 0x61: // APPEND
        append([pop()]);
        return;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        append(popToMark());
        return;
      case 0x73: // SETITEM
        setItems(popMany(2));
        return;
      case 0x75: // SETITEMS
        setItems(popToMark());
        return;
      case 0x62: {
        // BUILD
        const state = pop();
        const object = target();
        if (object.kind === 'call') object.state = state;
        return;
      }
      default:
        stack.push(made(code));
    }
  };

  /** What an opcode puts on the stack. */
  const made = (code: number): PickleValue => {
    switch (code) {
      case 0x4e: // NONE
        return null;
      case 0x88: // NEWTRUE
        return true;
      case 0x89: // NEWFALSE
        return false;
      case 0x4a: // BININT
        return view.getInt32(take(4), true);
      case 0x4b: // BININT1
        return uint8();
      case 0x4d: // BININT2
        return view.getUint16(take(2), true);
      case 0x8a: // LONG1
        return long(uint8());
      case 0x8b: // LONG4
        return long(view.getInt32(take(4), true));
      case 0x47: // BINFLOAT
        return view.getFloat64(take(8), false);
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        return text(uint32());
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        return text(uint8());
      case 0x8d: // BINUNICODE8
        return text(uint64());
      case 0x43: // SHORT_BINBYTES
        return opaque(uint8());
      case 0x42: // BINBYTES
        return opaque(uint32());
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return opaque(uint64());
      case 0x7d: // EMPTY_DICT
        return node('dict');
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        return node('list', []);
      case 0x91: // FROZENSET
      case 0x74: // TUPLE
        return node('tuple', popToMark());
      case 0x29: // EMPTY_TUPLE
        return node('tuple');
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        return node('tuple', popMany(code - 0x84));
      case 0x63: {
        // GLOBAL
        const module = line();
        return node('global', NONE, `${module}.${line()}`);
      }
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string')
          fail('has a global without name');
        return node('global', NONE, `${String(module)}.${String(name)}`);
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        return call(pop(), pop());
      case 0x92: {
        // NEWOBJ_EX: class, arguments, named arguments
        const [callee, args] = popMany(3);
        return call(args, callee);
      }
      case 0x51: // BINPERSID
        return node('persistent', [pop()]);
      case 0x68: // BINGET
        return recall(uint8());
      case 0x6a: // LONG_BINGET
        return recall(uint32());
      default:
        return fail(
          `has an opcode, 0x${code.toString(16).padStart(2, '0')}, that no checkpoint needs,`,
        );
    }
  };

  return {
    run: () => {
      for (;;) {
        const code = uint8();
        if (code === 0x2e) return pop(); // STOP
        step(code);
      }
    },
  };
}
