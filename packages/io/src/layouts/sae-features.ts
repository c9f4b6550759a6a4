import type { FeaturesAxis } from '../features/embedding.ts';
import type { TensorEntry } from '../tensors/tensor.ts';
import type { FeatureMatrix, VectorRange } from './feature-matrix.ts';
import type { ModelConfig } from './model-config.ts';

/*
 * Sparse autoencoders and transcoders. Names and shapes as the projects write them: SAELens (sae_weights.safetensors,
 * W_enc d_in x d_sae, W_dec d_sae x d_out), Gemma Scope (params.npz, the same), EleutherAI's sparsify (encoder.weight
 * d_sae x d_in, W_dec d_sae x d_in), dictionary_learning and OpenAI's sparse_autoencoder (encoder.weight d_sae x d_in,
 * decoder.weight d_in x d_sae).
 */

interface CoderRule {
  readonly names: readonly string[];
  readonly axis: FeaturesAxis;
}

const ENCODERS: readonly CoderRule[] = [
  { names: ['W_enc'], axis: 'columns' },
  { names: ['encoder.weight'], axis: 'rows' },
];
const DECODERS: readonly CoderRule[] = [
  { names: ['W_dec'], axis: 'rows' },
  { names: ['decoder.weight'], axis: 'columns' },
];

/** Vectors with one number per latent, and per dimension of what is read or written. */
const OF_LATENTS = [
  'b_enc',
  'threshold',
  'log_threshold',
  'b_gate',
  'b_mag',
  'r_mag',
  'encoder.bias',
  'latent_bias',
  'gate_bias',
  'mag_bias',
];
const OF_DIMS = ['b_dec', 'decoder.bias', 'pre_bias', 'decoder_bias', 'bias'];

/** Lists the encoder and decoder of each sparse autoencoder or transcoder. */
export function saeFeatures(
  entries: readonly TensorEntry[],
  config: ModelConfig | null,
): FeatureMatrix[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return entries.flatMap((entry) => {
    const rule = DECODERS.find(({ names }) => names.some((name) => ends(entry.name, name)));
    if (rule === undefined || entry.shape.length !== 2 || entry.shape.includes(0)) return [];
    const [name] = rule.names;
    const prefix = entry.name.slice(0, entry.name.length - name.length);
    return ofCoder(prefix, entry, rule, byName, config);
  });
}

function ofCoder(
  prefix: string,
  decoder: TensorEntry,
  decoderRule: CoderRule,
  byName: ReadonlyMap<string, TensorEntry>,
  config: ModelConfig | null,
): FeatureMatrix[] {
  const encoderRule = ENCODERS.find(({ names }) => byName.has(`${prefix}${names[0]}`));
  const encoder =
    encoderRule === undefined ? undefined : byName.get(`${prefix}${encoderRule.names[0]}`);
  const lengths = (names: readonly string[]): number[] =>
    names.flatMap((name) => {
      const shape = byName.get(`${prefix}${name}`)?.shape;
      return shape?.length === 1 ? [shape[0]] : [];
    });
  const latents = lengths(OF_LATENTS);
  const dims = lengths(OF_DIMS);
  // Many networks have a matrix called decoder; an encoder beside it and a bias, threshold or configured size identify
  // a sparse autoencoder.
  const known = latents.length + dims.length > 0 || typeof config?.d_in === 'number';
  if (encoder === undefined || encoderRule === undefined || !known) return [];
  const told = config?.d_sae ?? config?.num_latents ?? config?.dict_size;
  const facts: CoderFacts = {
    latents: typeof told === 'number' ? told : (latents[0] ?? null),
    dims: dims[0] ?? null,
  };
  const kind = isTranscoder(config, byName, prefix) ? 'transcoder' : 'sae';
  const layout = layoutOf(prefix, byName);
  const base = { layout, layer: hookLayer(config) };
  const read = orient(decoder, decoderRule, facts, layout);
  const decoderRange: VectorRange = { tensor: decoder.name, axis: read.axis };
  const matrices: FeatureMatrix[] = [];
  if (encoder.shape.length === 2) {
    const own = orient(
      encoder,
      encoderRule,
      { ...facts, dims: kind === 'sae' ? facts.dims : null },
      layout,
    );
    matrices.push({
      preset: `${kind}-encoder`,
      ...base,
      tensor: encoder.name,
      ...own,
      description: 'a latent: the direction that it reads',
      ...(own.features === read.features && { fold: { partner: decoderRange, power: 1 as const } }),
    });
  }
  matrices.push({
    preset: `${kind}-decoder`,
    ...base,
    ...decoderRange,
    ...read,
    description: 'a latent: the direction that it writes',
    fold: { partner: decoderRange, power: -1 },
  });
  return matrices;
}

interface CoderFacts {
  readonly latents: number | null;
  readonly dims: number | null;
}

function orient(
  { shape: [rows, columns] }: TensorEntry,
  rule: CoderRule,
  { latents, dims }: CoderFacts,
  layout: string,
): Pick<FeatureMatrix, 'axis' | 'features' | 'dims' | 'why' | 'doubt'> {
  const sized = (axis: FeaturesAxis) =>
    axis === 'rows'
      ? { axis, features: rows, dims: columns }
      : { axis, features: columns, dims: rows };
  const ruled = sized(rule.axis);
  const turned = sized(rule.axis === 'rows' ? 'columns' : 'rows');
  const fits = (size: { features: number; dims: number }): boolean =>
    latents === null ? dims !== null && size.dims === dims : size.features === latents;
  const known = latents === null ? `${dims} dimensions` : `${latents} latents`;
  const says = `${layout} counts latents along its ${rule.axis}`;
  if (rows === columns)
    return { ...ruled, why: says, doubt: 'square, so the shape does not tell rows from columns' };
  if (fits(ruled)) return { ...ruled, why: `${says}, and the shape agrees (${known})` };
  if (fits(turned)) {
    const why = `${layout} would count latents along its ${rule.axis}, but the shape contradicts it (${known})`;
    return { ...turned, why };
  }
  const larger = ruled.features > ruled.dims ? ruled : turned;
  const doubt =
    latents === null && dims === null
      ? 'no bias or configuration distinguishes latents from dimensions; the larger axis is taken'
      : `neither axis has ${known}; the larger one is taken`;
  return { ...larger, why: says, doubt };
}

function isTranscoder(
  config: ModelConfig | null,
  byName: ReadonlyMap<string, TensorEntry>,
  prefix: string,
): boolean {
  if (byName.has(`${prefix}W_skip`) || config?.transcode === true) return true;
  if (typeof config?.architecture === 'string' && config.architecture.includes('transcoder'))
    return true;
  return (
    typeof config?.d_in === 'number' &&
    typeof config.d_out === 'number' &&
    config.d_out !== config.d_in
  );
}

/** The layer whose activations it encodes, if the configuration gives its number or a hook name with it. */
function hookLayer(config: ModelConfig | null): number | null {
  if (typeof config?.hook_layer === 'number') return config.hook_layer;
  const metadata = config?.metadata as ModelConfig | null | undefined;
  const hook = config?.hook_name ?? metadata?.hook_name;
  const match = typeof hook === 'string' ? /(?:^|\.)(\d{1,6})\./.exec(hook) : null;
  return match === null ? null : Number(match[1]);
}

function layoutOf(prefix: string, byName: ReadonlyMap<string, TensorEntry>): string {
  const has = (name: string): boolean => byName.has(`${prefix}${name}`);
  if (has('W_enc')) return 'SAELens';
  if (has('encoder.weight') && has('W_dec')) return 'sparsify';
  if (has('latent_bias') || has('pre_bias')) return 'OpenAI sparse_autoencoder';
  if (has('encoder.weight')) return 'dictionary_learning';
  return 'SAELens';
}

function ends(name: string, tail: string): boolean {
  return name === tail || name.endsWith(`.${tail}`);
}
