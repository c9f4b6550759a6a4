import type { TensorEntry } from '../../tensors/tensor.ts';
import { MOST_PARTS } from '../layout.ts';
import {
  assignAxes,
  rangesOf,
  type AssignedAxes,
  type AxisName,
  type KnownSizes,
} from './assign-axes.ts';
import type { CoderGroup, CoderLayout, CoderRule, FoundDictionaries } from './coder-layout.ts';
import type { Coder, Dictionary } from './dictionary.ts';
import { knownSizes } from './known-sizes.ts';
import { originOf, type Origin, type OriginHints } from './origin.ts';
import { unfoldedReason } from './top-k.ts';

/** Reason why the norms of an encoder alone are not folded. */
const NO_DECODER =
  'the decoder, whose norms would be folded, is not in this file; if it is in another one, give their folder';

/** Most parts of a coder; real ones have as many as a model has layers. */
const MOST_CODER_PARTS = 256;

/** A stored coder with its axes. */
interface StoredCoder {
  readonly entry: TensorEntry;
  readonly axes: AssignedAxes;
}

/** Reads a group of tensors as a layout says: one dictionary, or one per instance. */
export function dictionariesOf(
  layout: CoderLayout,
  group: CoderGroup,
  hints: OriginHints,
): FoundDictionaries {
  const leftOut = layout.leftOut?.(group, hints.config);
  if (leftOut !== undefined) return { dictionaries: [], notes: [leftOut] };
  const origin = originOf(layout, group, hints);
  const notes: string[] = [];
  const stored = (rule: CoderRule | undefined, known: (shape: readonly number[]) => KnownSizes) => {
    const entry = rule === undefined ? undefined : group.get(rule.name);
    const order = rule?.orders.find(({ length }) => length === entry?.shape.length);
    if (entry === undefined || entry.shape.includes(0)) return null;
    const { name, isDistinctive = false } = layout;
    const axes =
      order && assignAxes(entry.shape, { layout: name, order, isDistinctive }, known(entry.shape));
    if (axes && partsOf({ entry, axes }) <= MOST_CODER_PARTS) return { entry, axes };
    notes.push(
      `${entry.name} is left out: its shape ${entry.shape.join(' x ')} does not fit ${name}`,
    );
    return null;
  };
  const sizes = (shape: readonly number[]): KnownSizes =>
    knownSizes(layout, group, hints.config, shape);
  const decoder = stored(layout.decoder, sizes);
  const latents = decoder === null ? undefined : sizeOf(decoder, 'latents');
  const encoder = stored(layout.encoder, (shape) => {
    const { dims, ...known } = sizes(shape);
    const both = { ...(latents !== undefined && shape.includes(latents) && { latents }), ...known };
    // The biases of a transcoder have the dimensions of what it writes, not of what it reads.
    return origin.kind === 'transcoder' || dims === undefined ? both : { ...both, dims };
  });
  const instances = instancesOf([decoder, encoder]);
  if (instances === null) return { dictionaries: [], notes };
  const doubts = [origin.doubt, layout.doubt?.(group)].filter((doubt) => doubt !== undefined);
  const common = {
    layout: layout.name,
    kind: origin.kind,
    layer: origin.layer,
    ...(layout.isTied === true && { isTied: true }),
    ...(layout.partOf !== undefined && { partOf: layout.partOf }),
    ...(layout.partOf === 'target layer' && { canSum: true }),
    ...foldingOf(layout, group, hints, decoder !== null, origin.isTopK),
    ...(doubts.length > 0 && { doubt: doubts.join('; ') }),
  };
  const dictionaries = instances.map((instance): Dictionary => {
    const coders = {
      encoder: encoder && coderOf(encoder, instance, origin, false),
      decoder: decoder && coderOf(decoder, instance, origin, true),
    };
    return Object.assign(coders, common);
  });
  const more = layout.more?.(group, origin.layer);
  return {
    dictionaries: dictionaries.concat(more?.dictionaries ?? []),
    notes: notes.concat(more?.notes ?? []),
  };
}

/** Decides by which measure the norms of a dictionary are folded, or says why they are not. */
function foldingOf(
  layout: CoderLayout,
  group: CoderGroup,
  { config, scalars }: OriginHints,
  hasDecoder: boolean,
  isNamedTopK: boolean,
): Pick<Dictionary, 'unfolded' | 'measure'> {
  if (layout.unfolded !== undefined) return { unfolded: layout.unfolded };
  if (!hasDecoder) return { unfolded: NO_DECODER };
  const measure = layout.measure?.(group, { config, scalars });
  // A measure that scales activations also scales those from which TopK selects.
  if (measure) return { measure };
  const isTopK = layout.isTopK === true || group.get('k')?.shape.length === 0 || isNamedTopK;
  const unfolded = unfoldedReason(config, isTopK);
  return unfolded === undefined ? {} : { unfolded };
}

/** Numbers of the instances in a stack of dictionaries; `[undefined]` without a stack, null if there are no coders. */
function instancesOf(coders: readonly (StoredCoder | null)[]): (number | undefined)[] | null {
  const present = coders.filter((coder) => coder !== null);
  if (present.length === 0) return null;
  const counts = present.map((coder) => sizeOf(coder, 'instances') ?? 0);
  const count = Math.max(...counts);
  if (count > MOST_PARTS || (count > 0 && counts.some((each) => each !== count))) return null;
  return count === 0 ? [undefined] : Array.from({ length: count }, (_, i) => i);
}

/** The number of matrices that a coder has for one dictionary. */
function partsOf(coder: StoredCoder): number {
  return (sizeOf(coder, 'parts') ?? 1) * (sizeOf(coder, 'layers') ?? 1);
}

function sizeOf({ entry, axes }: StoredCoder, axis: AxisName): number | undefined {
  const at = axes.order.indexOf(axis);
  return at < 0 ? undefined : entry.shape[at];
}

function coderOf(
  coder: StoredCoder,
  instance: number | undefined,
  { layer, partLayers, isCrossLayer }: Origin,
  isDecoder: boolean,
): Coder {
  const { entry, axes } = coder;
  const ranges = rangesOf(entry, axes.order, instance);
  const perPart = sizeOf(coder, 'layers');
  const labelOf = (i: number): string => {
    if (perPart !== undefined) return `${Math.floor(i / perPart)}/${i % perPart}`;
    return isCrossLayer && isDecoder ? targetOf(layer, i) : String(i);
  };
  const labels = axes.order.includes('parts') ? ranges.map((_, i) => labelOf(i)) : undefined;
  const layers = ranges.map((_, i) => partLayers[perPart === undefined ? i : i % perPart]);
  const hasLayers = partLayers.length === (perPart ?? ranges.length);
  return {
    ranges,
    features: sizeOf(coder, 'latents') ?? 0,
    dims: sizeOf(coder, 'dims') ?? 0,
    why: axes.why,
    ...(axes.doubt !== undefined && { doubt: axes.doubt }),
    ...(labels !== undefined && { labels }),
    ...(labels !== undefined && hasLayers && { layers }),
    ...(perPart !== undefined && { perPart }),
  };
}

/** Name of the layer that decoder `offset` of a cross-layer transcoder writes. */
function targetOf(layer: number | null, offset: number): string {
  return layer === null ? `+${offset}` : String(layer + offset);
}
