import { existsSync } from 'node:fs';
import { isStandardInput, isUrl } from '@polysem/io/bytes';
import { UsageError } from '../errors.ts';
import type { FeatureFlags } from '../features/feature-flags.ts';

/** A file of weights and the flags that choose its matrix. */
export interface SideFlags {
  readonly location: string;
  readonly flags: FeatureFlags;
}

/** Flags that take one value for both files, or one for each. */
const TWOFOLD = ['preset', 'layer', 'head', 'expert', 'part', 'index', 'features'] as const;

/**
 * Divides the flags between the two files: `--layer 3,4` is 3 for the first and 4 for the second, `,4` only the latter; a tensor can follow the
 * name of its file after a colon.
 *
 * @throws UsageError if a flag has more than two values.
 */
export function sidesOf(
  locations: readonly [string, string],
  flags: FeatureFlags,
): [SideFlags, SideFlags] {
  const side = (k: 0 | 1): SideFlags => {
    const own: { -readonly [K in keyof FeatureFlags]: FeatureFlags[K] } = { ...flags };
    for (const name of TWOFOLD) {
      const text = flags[name];
      if (text === undefined) continue;
      const values = text.split(',');
      if (values.length > 2)
        throw new UsageError(
          `--${name}: expected one value for both files, or two separated by a comma, got ${JSON.stringify(text)}`,
        );
      const value = values.length === 2 ? values[k] : text;
      if (value === '') delete own[name];
      else own[name] = value;
    }
    const { location, tensor } = splitTensor(locations[k]);
    return { location, flags: { ...own, ...(tensor !== undefined && { tensor }) } };
  };
  return [side(0), side(1)];
}

/** Splits FILE:TENSOR at the first colon after the name of a file, unless the whole is a file. */
function splitTensor(text: string): { readonly location: string; readonly tensor?: string } {
  if (isStandardInput(text) || existsSync(text)) return { location: text };
  if (isUrl(text)) {
    const match = /^(.*\/[^/:]+\.[^/:]+):([^/].*)$/.exec(text);
    return match === null ? { location: text } : { location: match[1], tensor: match[2] };
  }
  for (let at = text.indexOf(':'); at > 0; at = text.indexOf(':', at + 1)) {
    const location = text.slice(0, at);
    if (existsSync(location)) return { location, tensor: text.slice(at + 1) };
  }
  return { location: text };
}
