import type { PickleNode, PickleValue } from './pickle.ts';
import { isShape } from '../../numbers/shape.ts';
import type { Strides } from '../../numbers/strides.ts';

/** A tensor as the pickle of a checkpoint describes it: a view of a storage, or the reason why it is not read. */
export interface TorchTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Key and size of the storage (in elements, or in bytes if it is untyped), and the first element of the tensor. */
  readonly storage: {
    readonly key: string;
    readonly size: number;
    readonly typed: boolean;
    readonly first: number;
    readonly strides: Strides;
  } | null;
  /** Reason why it cannot be read, with the fix; null if it can, as far as the pickle shows. */
  readonly refusal: string | null;
}

export interface TorchContent {
  readonly tensors: readonly TorchTensor[];
  /** Functions and classes that Python would have called, except those known to make plain data. */
  readonly notCalled: readonly string[];
}

const STORAGES: Readonly<Record<string, string>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
  'torch.ComplexFloatStorage': 'C64',
};
/** Types of untyped storages; other names lose their `torch.`. */
const DTYPES: Readonly<Record<string, string>> = {
  'torch.float64': 'F64',
  'torch.float32': 'F32',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint8': 'U8',
  'torch.uint16': 'U16',
  'torch.uint32': 'U32',
  'torch.uint64': 'U64',
  'torch.bool': 'BOOL',
  'torch.complex64': 'C64',
  'torch.float8_e4m3fn': 'F8_E4M3',
  'torch.float8_e5m2': 'F8_E5M2',
  'torch.float8_e4m3fnuz': 'F8_E4M3FNUZ',
  'torch.float8_e5m2fnuz': 'F8_E5M2FNUZ',
  'torch.float8_e8m0fnu': 'F8_E8M0',
};
/** Calls that make plain data, which need no mention. */
const PLAIN = new Set([
  'collections.OrderedDict',
  'collections.defaultdict',
  'collections.Counter',
  'torch.Size',
  'torch.device',
  'torch.serialization._get_layout',
  '_codecs.encode',
  'argparse.Namespace',
  ...[
    'set',
    'frozenset',
    'complex',
    'bytearray',
    'list',
    'dict',
    'tuple',
    'slice',
    'range',
  ].flatMap((name) => [`builtins.${name}`, `__builtin__.${name}`]),
]);
/** The dicts in which a module keeps its parameters; `state_dict()` omits them from names. */
const HOLDERS = new Set(['_modules', '_parameters', '_buffers']);
/** No module is nested as deeply; the limit protects the stack. */
const DEEPEST = 256;

/**
 * Finds the tensors in the pickle of a checkpoint, at any depth of dicts, lists and modules. Their names are the keys
 * on the path, joined by dots; `alone` names a tensor that is the whole pickle.
 *
 * @throws RangeError if containers are nested too deeply, or shared so often that more than `limit` would be visited.
 */
export function findTorchTensors(root: PickleValue, alone: string, limit: number): TorchContent {
  const tensors: TorchTensor[] = [];
  /** Number of tensors per name so far. */
  const asked = new Map<string, number>();
  const notCalled = new Set<string>();
  const onPath = new Set<PickleNode>();
  /** Containers without tensors, not visited again: sharing can be exponential. */
  const barren = new Set<PickleNode>();
  let visits = 0;

  const add = (tensor: Omit<TorchTensor, 'name'>, path: readonly string[]): void => {
    const name = path.length === 0 ? alone : path.join('.');
    const times = (asked.get(name) ?? 0) + 1;
    asked.set(name, times);
    tensors.push({ name: times === 1 ? name : `${name}#${times}`, ...tensor });
  };
  const visitPairs = (pairs: readonly (readonly [PickleValue, PickleValue])[], path: string[]) => {
    // The last of several values with one key counts, as in Python.
    for (const [key, value] of new Map(pairs)) {
      if (isNode(value)) visit(value, [...path, isNode(key) ? '?' : String(key)]);
    }
  };
  const visitItems = (items: readonly PickleValue[], path: string[]) => {
    visitPairs([...items.entries()], path);
  };
  const visitState = (state: PickleValue, path: string[]): void => {
    if (!isNode(state)) return;
    // A tuple holds two dicts, attributes and slots.
    const dicts = state.kind === 'tuple' ? state.items.slice(0, 2).filter(isNode) : [state];
    for (const entry of dicts.flatMap(({ entries }) => entries)) {
      const [key, value] = entry;
      const holds = typeof key === 'string' && HOLDERS.has(key);
      if (holds && isNode(value)) visitPairs(value.entries, path);
      // `_metadata` of a state dict holds the versions of its modules.
      else if (key !== '_metadata') visitPairs([entry], path);
    }
  };
  const visit = (value: PickleNode, path: string[]): void => {
    if (value.kind === 'opaque' || value.kind === 'global' || value.kind === 'persistent') return;
    if (barren.has(value) || onPath.has(value)) return;
    visits += 1 + value.items.length + value.appended.length + value.entries.length;
    if (visits > limit) throw new RangeError('its containers are shared too often');
    if (path.length > DEEPEST) throw new RangeError(`its containers are nested ${DEEPEST} deep`);
    const before = tensors.length;
    if (value.kind === 'call' && /^torch\._(utils|tensor)\._rebuild_/.test(value.name)) {
      add(rebuilt(value, 0), path);
      return;
    }
    if (value.kind === 'call' && !PLAIN.has(value.name)) notCalled.add(value.name);
    onPath.add(value);
    if (value.kind !== 'call') visitItems(value.items, path);
    visitItems(value.appended, path);
    visitPairs(value.entries, path);
    visitState(value.state, path);
    onPath.delete(value);
    if (tensors.length === before) barren.add(value);
  };

  if (isNode(root)) visit(root, []);
  return { tensors, notCalled: [...notCalled] };
}

/** Describes the tensor that a rebuilding function of torch would return. */
function rebuilt(call: PickleNode, depth: number): Omit<TorchTensor, 'name'> {
  const { name, items } = call;
  const [first, second, third] = items;
  // Parameters and tensors of a subclass wrap the tensor with the numbers.
  if (
    depth < 8 &&
    /^torch\._utils\._rebuild_parameter(_with_state)?$/.test(name) &&
    isCall(first)
  ) {
    return rebuilt(first, depth + 1);
  }
  if (
    depth < 8 &&
    name === 'torch._tensor._rebuild_from_type_v2' &&
    isGlobal(first) &&
    isNode(third)
  ) {
    return rebuilt({ ...call, name: first.name, items: third.items }, depth + 1);
  }
  if (!/^torch\._utils\._rebuild_tensor(_v2|_v3)?$/.test(name)) {
    return refused(
      `is made by ${name}, not a plain tensor; save it as one, with .to_dense() or .dequantize()`,
      name.replace(/^.*\._rebuild_/, ''),
    );
  }
  const storage = isNode(first) && first.kind === 'persistent' ? first.items[0] : null;
  const [tag, type, key, , size] = isNode(storage) ? storage.items : [];
  const shape = isNode(third) ? third.items : null;
  const stride = isNode(items[3]) ? items[3].items : null;
  const sound =
    tag === 'storage' &&
    isGlobal(type) &&
    typeof key === 'string' &&
    isShape([size, second]) &&
    isShape(shape) &&
    isShape(stride) &&
    shape.length === stride.length;
  if (!sound)
    return refused('has a description that torch does not write; save the checkpoint again');
  const own = name.endsWith('_v3') ? items[6] : undefined;
  const dtype = isGlobal(own)
    ? (DTYPES[own.name] ?? own.name.replace('torch.', ''))
    : (STORAGES[type.name] ?? type.name.replace(/^torch\.|Storage$/g, ''));
  return {
    dtype,
    shape,
    storage: {
      key,
      size: size as number,
      typed: type.name !== 'torch.storage.UntypedStorage',
      first: second as number,
      strides: stride,
    },
    refusal: null,
  };
}

function refused(
  refusal: string,
  dtype = '?',
  shape: readonly number[] = [],
): Omit<TorchTensor, 'name'> {
  return { dtype, shape, storage: null, refusal };
}

function isNode(value: PickleValue | undefined): value is PickleNode {
  return typeof value === 'object' && value !== null;
}

function isGlobal(value: PickleValue | undefined): value is PickleNode {
  return isNode(value) && value.kind === 'global';
}

function isCall(value: PickleValue | undefined): value is PickleNode {
  return isNode(value) && value.kind === 'call';
}
