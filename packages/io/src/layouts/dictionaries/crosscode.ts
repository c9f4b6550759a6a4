import { axesOf, type CoderGroup, type CoderLayout, type CoderRule } from './coder-layout.ts';

/** Names of a version of crosscode, whose letters say what the axes count. */
interface Names {
  readonly encoder: string;
  readonly decoder: string;
  readonly latents: string;
  readonly dims: string;
}

/** The versions of crosscode, newest first: X or Xo stands for any axes before the dimensions. */
const VERSIONS: readonly Names[] = [
  { encoder: '_W_enc_XiDiL', decoder: '_W_dec_LXoDo', latents: 'b_enc_L', dims: '_b_dec_XoDo' },
  { encoder: 'W_enc_XDH', decoder: 'W_dec_HXD', latents: 'b_enc_H', dims: 'b_dec_XD' },
  { encoder: 'W_enc_MLDH', decoder: 'W_dec_HMLD', latents: 'b_enc_H', dims: 'b_dec_MLD' },
];

/** Orders of the axes for crosscoders of models and hook points, of one of these, and for dictionaries of one place. */
const ENCODER: CoderRule['orders'] = [
  ['parts', 'layers', 'dims', 'latents'],
  ['parts', 'dims', 'latents'],
  ['dims', 'latents'],
];
const DECODER: CoderRule['orders'] = [
  ['latents', 'parts', 'layers', 'dims'],
  ['latents', 'parts', 'dims'],
  ['latents', 'dims'],
];

function layoutOf(
  { encoder, decoder, latents, dims }: Names,
  more: Pick<CoderLayout, 'name' | 'partOf' | 'kind'>,
  accepts: (encoder: number, decoder: number) => boolean,
): CoderLayout {
  return {
    encoder: { name: encoder, orders: ENCODER },
    decoder: { name: decoder, orders: DECODER },
    latents: [latents],
    dims: [dims],
    isDistinctive: true,
    accepts: (group: CoderGroup) => accepts(axesOf(group, encoder), axesOf(group, decoder)),
    ...more,
  };
}

/**
 * Crosscoders of oli-clive-griffin/model-diffing, later called crosscode (model.pt, model_cfg.yaml): _W_enc_XiDiL is models x
 * hook points x d_model x latents, _W_dec_LXoDo latents x models x hook points x d_model. Transcoders have two axes, and
 * decoders of several layers three.
 */
export const CROSSCODE: readonly CoderLayout[] = VERSIONS.flatMap((names) => [
  layoutOf(
    names,
    { name: 'crosscode crosscoder', kind: 'crosscoder', partOf: 'model/hook point' },
    (_, decoder) => decoder === 4,
  ),
  layoutOf(
    names,
    { name: 'crosscode crosscoder of one axis', kind: 'crosscoder', partOf: 'part' },
    (encoder, decoder) => decoder === 3 && encoder !== 2,
  ),
  layoutOf(
    names,
    { name: 'crosscode cross-layer transcoder', kind: 'transcoder', partOf: 'output layer' },
    (encoder, decoder) => decoder === 3 && encoder === 2,
  ),
  layoutOf(names, { name: 'crosscode' }, (_, decoder) => decoder === 2),
]);
