import type {
  FeatureMatrix,
  FeatureVectors,
  FoldMeasure,
  Preset,
  VectorRange,
} from '../feature-matrix.ts';

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
  /** Number of layers of each part, if the coder has both; its ranges are ordered by part, then by layer. */
  readonly perPart?: number;
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
  /** Measure that is folded instead of the norm of the decoder. */
  readonly measure?: FoldMeasure;
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
  const { layer, layout, decoder, partOf, unfolded, measure } = dictionary;
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
    ...(folds && {
      fold: {
        partner: wholeOf(decoder.ranges),
        power: powerOf(side),
        ...(measure !== undefined && { measure }),
      },
    }),
    ...(unfolded !== undefined && { unfolded }),
  };
  if (labels === undefined) return [{ ...common, layer, ...ranges[0], dims }];
  const places = { ...common, ...(partOf !== undefined && { partOf }) };
  const sums = dictionary.canSum === true && side === 'decoder';
  const matrixOf = ({ compared, ...combination }: Combination): FeatureMatrix => ({
    ...places,
    ...combination,
    ...(side === 'decoder' && {
      decoders: compared.map((i) => ranges[i]),
      partLabels: compared.map((i) => labels[i]),
    }),
  });
  return combinationsOf(coder, labels, layer, sums).map(matrixOf);
}

/** One part of a coder, or several together. */
interface Combination extends FeatureVectors {
  readonly part: string;
  readonly layer: number | null;
  readonly dims: number;
  /** Parts whose norms are compared with each other. */
  readonly compared: readonly number[];
}

/**
 * Lists what can be measured of a coder with parts: each part, all parts added or concatenated and, of parts with layers, each
 * part with all layers and each layer of all parts.
 */
function combinationsOf(
  { ranges, dims, layers, perPart }: Coder,
  labels: readonly string[],
  layer: number | null,
  sums: boolean,
): Combination[] {
  const all = ranges.map((_, i) => i);
  const layerOf = (i: number): number | null => layers?.[i] ?? layer;
  /** Parts of the same layer, or all parts. */
  const besides = (i: number): number[] =>
    perPart === undefined ? all : all.filter((j) => j % perPart === i % perPart);
  const joined = (part: string, of: readonly number[], at: number | null): Combination => ({
    ...wholeOf(of.map((i) => ranges[i])),
    part,
    layer: at,
    dims: dims * of.length,
    compared: of,
  });
  const combinations = all.map((i): Combination => {
    const place = { part: labels[i], layer: layerOf(i), dims, compared: besides(i) };
    return { ...place, ...ranges[i] };
  });
  if (perPart !== undefined) {
    const parts = all.length / perPart;
    const ofPart = (p: number): number[] => all.slice(p * perPart, (p + 1) * perPart);
    if (perPart > 1)
      for (let p = 0; p < parts; p++) combinations.push(joined(`${p}/all`, ofPart(p), layer));
    if (parts > 1)
      for (let l = 0; l < perPart; l++)
        combinations.push(joined(`all/${l}`, besides(l), layerOf(l)));
  }
  if (sums) combinations.push({ ...joined('sum', all, layer), combine: 'sum', dims });
  return [...combinations, joined('concatenated', all, layer)];
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
