import type { FeatureMatrix, FeatureVectors, Preset, VectorRange } from '../feature-matrix.ts';

/** A kind of dictionary, as its presets begin. */
export type DictionaryKind = 'sae' | 'transcoder' | 'crosscoder' | 'component';

/** The encoder or decoder of a dictionary: one matrix per part, each with one vector per latent. */
export interface Coder {
  readonly ranges: readonly VectorRange[];
  /** Number of latents. */
  readonly features: number;
  /** Length of the vectors in one part. */
  readonly dims: number;
  readonly why: string;
  readonly doubt?: string;
  /** Names of the parts, if the coder has parts. */
  readonly labels?: readonly string[];
  /** Layers of the parts, where they differ from that of the dictionary. */
  readonly layers?: readonly (number | null)[];
}

/** Encoder and decoder with the same latents. */
export interface Dictionary {
  readonly layout: string;
  readonly kind: DictionaryKind;
  readonly layer: number | null;
  readonly encoder: Coder | null;
  readonly decoder: Coder | null;
  /** True if the encoder is the transpose of the decoder. */
  readonly isTied?: boolean;
  /** Thing that the parts are, such as `model` or `target layer`. */
  readonly partOf?: string;
  /** True if the vectors of the parts are in one space, so that they may be added. */
  readonly canSum?: boolean;
  /** Reason why norms are not folded. */
  readonly unfolded?: string;
  /** Doubts about the whole dictionary. */
  readonly doubt?: string;
}

/** Lists the matrices of features of a dictionary: encoder and decoder, of each part and of all parts together. */
export function matricesOf(dictionary: Dictionary): FeatureMatrix[] {
  const { encoder, decoder, isTied } = dictionary;
  const matrices: FeatureMatrix[] = [];
  const tied = isTied === true && encoder === null ? decoder : null;
  const reads = encoder ?? tied;
  if (reads !== null) matrices.push(...sideOf(dictionary, reads, 'encoder', tied !== null));
  if (decoder !== null) matrices.push(...sideOf(dictionary, decoder, 'decoder', false));
  return matrices;
}

/** Lists the matrices of one side of a dictionary. */
function sideOf(
  dictionary: Dictionary,
  coder: Coder,
  side: 'encoder' | 'decoder',
  isTied: boolean,
): FeatureMatrix[] {
  const { layer, layout, decoder, partOf, unfolded } = dictionary;
  const { ranges, features, dims, labels } = coder;
  const doubt = [coder.doubt, dictionary.doubt].filter((each) => each !== undefined).join('; ');
  const folds = decoder !== null && decoder.features === features && unfolded === undefined;
  const common = {
    preset: presetOf(dictionary, side),
    layout,
    features,
    description: descriptionOf(dictionary, side),
    why: coder.why,
    ...(doubt !== '' && { doubt }),
    ...(isTied && { tiedTo: presetOf(dictionary, 'decoder') }),
    ...(folds && { fold: { partner: wholeOf(decoder.ranges), power: powerOf(side) } }),
    ...(unfolded !== undefined && { unfolded }),
    ...(side === 'decoder' && labels && { decoders: ranges, partLabels: labels }),
  };
  if (labels === undefined) return [{ ...common, layer, ...ranges[0], dims }];
  const places = { ...common, ...(partOf !== undefined && { partOf }) };
  const each = ranges.map((range, i) => ({
    ...places,
    layer: coder.layers?.[i] ?? layer,
    part: labels[i],
    ...range,
    dims,
  }));
  const whole = { ...places, layer, ...wholeOf(ranges) };
  const sums = dictionary.canSum === true && side === 'decoder';
  return [
    ...each,
    ...(sums ? [{ ...whole, combine: 'sum' as const, part: 'sum', dims }] : []),
    { ...whole, part: 'concatenated', dims: dims * ranges.length },
  ];
}

/** The vectors of all parts, concatenated. */
function wholeOf(ranges: readonly VectorRange[]): FeatureVectors {
  return ranges.length === 1 ? ranges[0] : { ...ranges[0], parts: ranges };
}

function powerOf(side: 'encoder' | 'decoder'): 1 | -1 {
  return side === 'encoder' ? 1 : -1;
}

function presetOf({ kind }: Dictionary, side: 'encoder' | 'decoder'): Preset {
  if (kind === 'component') return side === 'encoder' ? 'component-in' : 'component-out';
  return `${kind}-${side}`;
}

function descriptionOf({ kind }: Dictionary, side: 'encoder' | 'decoder'): string {
  const what = kind === 'component' ? 'a component' : 'a latent';
  return `${what}: the direction that it ${side === 'encoder' ? 'reads' : 'writes'}`;
}
