import type { VectorRange } from '../feature-matrix.ts';

/**
 * Meaning of an axis of a stored coder. `parts` are models, layers or target layers; `layers` those of each model, in coders
 * with both; `instances` separate dictionaries.
 */
export type AxisName = 'latents' | 'dims' | 'parts' | 'layers' | 'instances';

/** Sizes that other tensors or the configuration give. */
export type KnownSizes = Readonly<Partial<Record<AxisName, number>>>;

/** The axes of a tensor, and why they are these. */
export interface AssignedAxes {
  readonly order: readonly AxisName[];
  readonly why: string;
  readonly doubt?: string;
}

/** The convention of a layout for a tensor. */
export interface AxisConvention {
  readonly layout: string;
  readonly order: readonly AxisName[];
  /** True if the name of the tensor belongs to this layout alone, so that its convention needs no confirmation. */
  readonly isDistinctive: boolean;
}

/**
 * Determines what each axis of a tensor counts: the convention of the layout if known sizes permit it, otherwise the only
 * order that they permit. Null if no order fits.
 */
export function assignAxes(
  shape: readonly number[],
  convention: AxisConvention,
  known: KnownSizes,
): AssignedAxes | null {
  const { order, layout, isDistinctive } = convention;
  const fitting = permutations(order).filter((names) => fits(shape, names, known));
  const says = `${layout} stores ${order.join(' x ')}`;
  const sizes = sizesText(known, order);
  const ruled = fitting.find((names) => names.every((name, i) => name === order[i]));
  if (sizes === '' && !isDistinctive) return bySize(shape, order, says);
  if (ruled !== undefined) {
    const agrees = sizes === '' ? '' : `, and the shape agrees (${sizes})`;
    const others = fitting.some((names) => names !== ruled);
    const isSquare = new Set(shape).size < shape.length;
    const doubt = !others || (isDistinctive && !isSquare) ? {} : { doubt: ambiguity(shape) };
    return { order, why: `${says}${agrees}`, ...doubt };
  }
  if (fitting.length === 0) {
    if (order.length > 2) return null;
    const { order: larger, why } = bySize(shape, order, says);
    return {
      order: larger,
      why,
      doubt: `neither axis has ${sizes}; the larger one counts latents`,
    };
  }
  const [names] = fitting;
  const why = `${says}, but only ${names.join(' x ')} fits the shape (${sizes})`;
  return { order: names, why, ...(fitting.length > 1 && { doubt: ambiguity(shape) }) };
}

/** Takes the largest axis for latents and, of three, the smallest for parts or instances. */
function bySize(shape: readonly number[], order: readonly AxisName[], says: string): AssignedAxes {
  const ambiguous = new Set(shape).size < shape.length;
  if (ambiguous) return { order, why: says, doubt: ambiguity(shape) };
  const ranked: AxisName[] = [
    'latents',
    'dims',
    ...order.filter((name) => name !== 'latents' && name !== 'dims'),
  ];
  const sorted = shape.toSorted((a, b) => b - a);
  const names = shape.map((size) => ranked[sorted.indexOf(size)]);
  return {
    order: names,
    why: says,
    doubt:
      'no bias or configuration distinguishes latents from dimensions; the larger axis is taken',
  };
}

function ambiguity(shape: readonly number[]): string {
  return shape.length === 2 && shape[0] === shape[1]
    ? 'square, so the shape does not tell rows from columns'
    : 'axes of equal or unknown size, so the shape does not tell what they count';
}

function fits(shape: readonly number[], names: readonly AxisName[], known: KnownSizes): boolean {
  return names.every((name, i) => known[name] === undefined || known[name] === shape[i]);
}

function sizesText(known: KnownSizes, order: readonly AxisName[]): string {
  return order
    .flatMap((name) => (known[name] === undefined ? [] : [`${known[name]} ${name}`]))
    .join(', ');
}

function permutations(items: readonly AxisName[]): AxisName[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations(items.toSpliced(i, 1)).map((rest) => [item].concat(rest)),
  );
}

/** Lists the matrices of a tensor with one vector per latent: one per part and layer, of one instance. */
export function rangesOf(
  tensor: { readonly name: string; readonly shape: readonly number[] },
  order: readonly AxisName[],
  instance: number | undefined,
): VectorRange[] {
  const axis = order.indexOf('latents') < order.indexOf('dims') ? 'rows' : 'columns';
  const sizeOf = (name: AxisName): number => tensor.shape[order.indexOf(name)] ?? 1;
  const layers = sizeOf('layers');
  return Array.from({ length: sizeOf('parts') * layers }, (_, i) => {
    const at: Partial<Record<AxisName, number>> = {
      parts: Math.floor(i / layers),
      layers: i % layers,
      instances: instance ?? 0,
    };
    return { tensor: tensor.name, axis, ...placeOf(order.map((name) => at[name] ?? null)) };
  });
}

/** The place of a matrix in its tensor: nothing for the whole tensor, a number in a stack, or a slice. */
function placeOf(slice: readonly (number | null)[]): Pick<VectorRange, 'index' | 'slice'> {
  if (slice.length === 2) return {};
  const [first] = slice;
  return slice.length === 3 && first !== null ? { index: first } : { slice };
}
