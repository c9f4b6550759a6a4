import type { TensorEntry } from '../../tensors/tensor.ts';
import type { VectorRange } from '../feature-matrix.ts';
import type { Dictionary } from './dictionary.ts';

/** Most layers of a model; more come from a damaged file. */
const MOST_LAYERS = 256;

/** A cross-layer transcoder of which one file holds all layers. */
export interface WholeCrossLayer {
  readonly name: string;
  /** Name of the encoder, layers x d_model x d_sae, whose prefix all tensors share. */
  readonly encoder: string;
  /** Returns the decoder that a layer writes a target layer with, or null if there is none. */
  readonly decoder: (get: GetTensor, layer: number, target: number) => VectorRange | null;
  /** Names of tensors that belong to it, as patterns after the prefix. */
  readonly own: RegExp;
}

type GetTensor = (name: string) => TensorEntry | undefined;

/** OpenMOSS: W_E layers x d_model x d_sae, and per target layer W_D.t, source layers 0 to t x d_sae x d_model. */
const OPENMOSS_CLT: WholeCrossLayer = {
  name: 'OpenMOSS cross-layer transcoder',
  encoder: 'W_E',
  decoder: (get, layer, target) => {
    const tensor = get(`W_D.${target}`);
    return tensor?.shape.length === 3 && tensor.shape[0] === target + 1
      ? { tensor: tensor.name, axis: 'rows', index: layer }
      : null;
  },
  own: /^(?:W_E|b_E|W_D\.\d+|b_D\.\d+)$/,
};

/** Gemma Scope 2 in one file: w_dec is layers x d_sae x target layers x d_model; only targets from its own layer on count. */
const GEMMA_SCOPE_2_WHOLE: WholeCrossLayer = {
  name: 'Gemma Scope 2 cross-layer transcoder',
  encoder: 'w_enc',
  decoder: (get, layer, target) => {
    const tensor = get('w_dec');
    return tensor?.shape.length === 4 && tensor.shape[0] === tensor.shape[2]
      ? { tensor: tensor.name, axis: 'rows', slice: [layer, null, target, null] }
      : null;
  },
  own: /^(?:w_enc|b_enc|w_dec|b_dec|threshold|affine_skip_connection)$/,
};

/** Every layout of whole cross-layer transcoders. */
export const WHOLE_CROSS_LAYER: readonly WholeCrossLayer[] = [OPENMOSS_CLT, GEMMA_SCOPE_2_WHOLE];

/** A whole cross-layer transcoder in a file: a dictionary per layer, and the tensors that belong to it. */
export interface FoundCrossLayer {
  readonly dictionaries: readonly Dictionary[];
  readonly claimed: readonly string[];
}

/** Finds cross-layer transcoders of one layout. */
export function findWholeCrossLayer(
  layout: WholeCrossLayer,
  entries: readonly TensorEntry[],
  unfolded: string | undefined,
): FoundCrossLayer[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return entries.flatMap((encoder) => {
    const { name, shape } = encoder;
    if (name !== layout.encoder && !name.endsWith(`.${layout.encoder}`)) return [];
    if (shape.length !== 3 || shape[0] > MOST_LAYERS || shape.includes(0)) return [];
    const prefix = name.slice(0, name.length - layout.encoder.length);
    const get: GetTensor = (wanted) => byName.get(`${prefix}${wanted}`);
    if (layout.decoder(get, 0, 0) === null) return [];
    const layers = Array.from({ length: shape[0] }, (_, layer) => layer);
    const claimed = entries
      .filter(
        (entry) =>
          entry.name.startsWith(prefix) && layout.own.test(entry.name.slice(prefix.length)),
      )
      .map((entry) => entry.name);
    const dictionaries = layers
      .flatMap((layer) => ofLayer(layout, encoder, get, layer) ?? [])
      .map((each) => (unfolded === undefined ? each : Object.assign(each, { unfolded })));
    return [{ dictionaries, claimed }];
  });
}

/** The dictionary of one layer; null if a decoder is missing or does not fit its encoder. */
function ofLayer(
  layout: WholeCrossLayer,
  encoder: TensorEntry,
  get: GetTensor,
  layer: number,
): Dictionary | null {
  const [layers, dims, latents] = encoder.shape;
  const targets = Array.from({ length: layers - layer }, (_, i) => layer + i);
  const ranges = targets.map((target) => layout.decoder(get, layer, target));
  const fits = ranges.every((range) => {
    const shape = range === null ? [] : sliceShape(range, get, encoder.name, layout.encoder);
    return shape[0] === latents && shape[1] === dims;
  });
  if (!fits) return null;
  const why = `${layout.name} stores layers x dims x latents, and the decoders agree (${latents} latents)`;
  return {
    layout: layout.name,
    kind: 'transcoder',
    layer,
    partOf: 'target layer',
    canSum: true,
    encoder: {
      ranges: [{ tensor: encoder.name, axis: 'columns', index: layer }],
      features: latents,
      dims,
      why,
    },
    decoder: {
      ranges: ranges.filter((range) => range !== null),
      features: latents,
      dims,
      why,
      labels: targets.map(String),
    },
  };
}

/** The sizes of the two axes of a slice: latents and dimensions. */
function sliceShape(
  { tensor, slice }: VectorRange,
  get: GetTensor,
  encoder: string,
  encoderName: string,
): number[] {
  const prefix = encoder.slice(0, encoder.length - encoderName.length);
  const shape = get(tensor.slice(prefix.length))?.shape ?? [];
  return slice === undefined ? shape.slice(1) : shape.filter((_, i) => slice[i] === null);
}
