import type { ModelConfig } from '../model-config.ts';
import type { CoderGroup, CoderLayout } from './coder-layout.ts';
import type { DictionaryKind } from './dictionary.ts';
import {
  firstText,
  hooksOf,
  layerOfConfig,
  layerOfFolders,
  layerOfHook,
  layerOfName,
  namesOfPath,
  sectionsOf,
} from './layer-names.ts';

/** Information beside the tensors. */
export interface OriginHints {
  readonly config: ModelConfig | null;
  /** Location of the file; its name and folders may name layer and kind. */
  readonly path: string;
  /** Configurations of single folders, which names of tensors begin with. */
  readonly configs: Readonly<Record<string, ModelConfig>>;
  /** Numbers in the file that its layout needs, by the names of their tensors. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** The hints for one group of tensors: with the configuration of its own folder, if it has one. */
export function hintsOf(hints: OriginHints, { prefix }: CoderGroup): OriginHints {
  const folder = Object.keys(hints.configs).find((name) => prefix.startsWith(`${name}/`));
  return folder === undefined ? hints : { ...hints, config: hints.configs[folder] };
}

/** Kind and place of a dictionary in a model. */
export interface Origin {
  readonly kind: DictionaryKind;
  readonly layer: number | null;
  /** Layers of the parts of a crosscoder; empty if unknown. */
  readonly partLayers: readonly (number | null)[];
  /** True if its decoders write several layers, from its own layer on. */
  readonly isCrossLayer: boolean;
  /** True if the name of the file belongs to a project whose latents are selected by TopK. */
  readonly isTopK: boolean;
  readonly doubt?: string;
}

/** Determines kind and layer of a dictionary from names of tensors, the configuration, and names of file and folders. */
export function originOf(
  layout: Pick<CoderLayout, 'kind' | 'partOf'>,
  group: CoderGroup,
  { config, path }: OriginHints,
): Origin {
  const { file, folders } = namesOfPath(path);
  const named = group.layer ?? layerOfName(group.prefix);
  const ofFile = layerOfName(file);
  const told = layerOfConfig(config);
  const contradicts = named === null && ofFile !== null && told !== null && ofFile !== told;
  const partLayers = layout.partOf === 'target layer' ? [] : pointsOf(config).map(layerOfHook);
  return {
    kind: layout.kind ?? (isTranscoder(config, group, [file, ...folders]) ? 'transcoder' : 'sae'),
    layer: named ?? ofFile ?? told ?? layerOfFolders(folders),
    partLayers: new Set(partLayers).size === partLayers.length ? partLayers : [],
    isCrossLayer: layout.partOf === 'target layer',
    isTopK: file.endsWith('.sae.pt'),
    ...(contradicts && {
      doubt: `the name of the file says layer ${ofFile}, the configuration layer ${told}`,
    }),
  };
}

/** Lists the hook points of a crosscoder. */
function pointsOf(config: ModelConfig | null): string[] {
  const points = config?.hook_points ?? config?.hookpoints ?? config?.out_layers_names;
  return Array.isArray(points) ? points.filter((point) => typeof point === 'string') : [];
}

function isTranscoder(
  config: ModelConfig | null,
  { has, prefix }: CoderGroup,
  folders: readonly string[],
): boolean {
  if (
    has('W_skip') ||
    has('W_skip_DD') ||
    has('affine_skip_connection') ||
    config?.transcode === true
  )
    return true;
  const kind = firstText(config, ['type', 'sae_type', 'architecture', 'model_kind']) ?? '';
  const kinds = sectionsOf(config).map(({ architecture }) => architecture);
  if (kind === 'clt' || [kind, ...kinds].some((k) => typeof k === 'string' && /transcoder/.test(k)))
    return true;
  const { input, output } = hooksOf(config);
  if (input !== null && output !== null) return input !== output;
  const differs = typeof config?.d_in === 'number' && typeof config.d_out === 'number';
  if (differs) return config.d_in !== config.d_out;
  // Without a configuration, only the folder can tell: Gemma Scope's transcoders have the names of its autoencoders.
  return (
    config === null &&
    [...folders, ...prefix.split('/')].some((name) =>
      /(?:^|[-_])transcoders?(?:[-_]|$)/i.test(name),
    )
  );
}
