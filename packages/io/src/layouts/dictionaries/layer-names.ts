import type { ModelConfig } from '../model-config.ts';

/** Keys under which projects keep the hook point that a dictionary reads, most specific first. */
const HOOKS = [
  'hook_name',
  'hook_point_in',
  'hf_hook_point_in',
  'hf_hook_name',
  'hook_point',
  'hookpoint',
  'act_name',
  'submodule_name',
  'feature_input_hook',
] as const;

/** Keys under which projects keep the hook point that a transcoder writes. */
const OUTPUTS = [
  'hook_name_out',
  'hook_point_out',
  'hf_hook_point_out',
  'hf_hook_name_out',
  'feature_output_hook',
] as const;

/** Parts of a configuration that may hold these keys. */
export function sectionsOf(config: ModelConfig | null): ModelConfig[] {
  if (config === null) return [];
  const inner = ['metadata', 'trainer', 'sae', 'llm'].flatMap((key) => {
    const value = config[key];
    return typeof value === 'object' && value !== null ? [value as ModelConfig] : [];
  });
  return [config, ...inner];
}

/** Returns the first value of a type under one of several keys. */
export function firstText(config: ModelConfig | null, keys: readonly string[]): string | null {
  for (const section of sectionsOf(config)) {
    for (const key of keys) {
      const value = section[key];
      if (typeof value === 'string') return value;
    }
  }
  return null;
}

/** Returns the hook points that a dictionary reads and writes; null if the configuration does not tell. */
export function hooksOf(config: ModelConfig | null): {
  input: string | null;
  output: string | null;
} {
  return { input: firstText(config, HOOKS), output: firstText(config, OUTPUTS) };
}

/** Returns the layer whose activations a dictionary reads, if the configuration gives its number or a hook point. */
export function layerOfConfig(config: ModelConfig | null): number | null {
  for (const section of sectionsOf(config)) {
    for (const key of ['hook_layer', 'layer']) {
      const value = section[key];
      if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    }
  }
  const { input } = hooksOf(config);
  return input === null ? null : layerOfHook(input);
}

/** Returns the layer of a hook point such as `blocks.9.hook_resid_post` or `resid_post_layer_12`. */
export function layerOfHook(hook: string): number | null {
  const match = /(?:^|\.)(\d{1,6})(?:\.|$)/.exec(hook);
  return match === null ? layerOfName(hook) : Number(match[1]);
}

/**
 * Names of files and folders with a layer: `layers.3`, `layer_12`, `params_layer_0`, `blocks.9.hook_resid_post`, `h.4.mlp`,
 * and Llama Scope's `L9R-8x` or Goodfire's `SAE-l19`. A sparsity such as `l0_71` and a penalty such as `l1_0.01` are none.
 */
const WORDS =
  /(?:^|[^A-Za-z])(?:layers?|blocks?)[._-]?(\d{1,4})(?!\d)|(?:^|[./])h[.-](\d{1,4})(?!\d)/gi;
const LETTER =
  /(?:^|[-_./])L(\d{1,3})(?:R|A|M|TC)(?=$|[-_./])|(?:^|[-_./])[Ll]([3-9]|[1-9]\d{1,2})(?=$|[-_./])/g;

/** Returns the layer in the name of a file, folder or hook point; null if there is none or there are several. */
export function layerOfName(name: string): number | null {
  for (const pattern of [WORDS, LETTER]) {
    const found = new Set(Array.from(name.matchAll(pattern), ([, a, b]) => Number(a ?? b)));
    if (found.size > 0) return found.size === 1 ? ([...found][0] ?? null) : null;
  }
  return null;
}

/** Folders above a file that may be named after a layer or a kind. */
const NEAREST = 4;

/** Splits a location into the name of the file and the folders above it, nearest first. */
export function namesOfPath(path: string): { file: string; folders: string[] } {
  const parts = path
    .replace(/^[a-z]+:\/\//i, '')
    .split(/[/\\]+/)
    .filter((part) => part !== '');
  const file = parts.at(-1) ?? '';
  return { file, folders: parts.slice(0, -1).toReversed().slice(0, NEAREST) };
}

/** Returns the layer of the nearest folder that is named after one. */
export function layerOfFolders(folders: readonly string[]): number | null {
  for (const folder of folders) {
    const layer = layerOfName(folder);
    if (layer !== null) return layer;
  }
  return null;
}
