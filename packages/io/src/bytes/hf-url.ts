import { FormatError } from './format-error.ts';

const ENDPOINT = 'https://huggingface.co';
const KINDS = ['models', 'datasets', 'spaces'] as const;

/**
 * Returns whether a location is an address on the web rather than a path.
 *
 * @param location a path, or an address that begins with `http://`, `https://` or `hf://`.
 * @returns true for an address.
 * @example
 * ```js
 * import { isUrl } from 'polysem/io';
 * isUrl('hf://gpt2/model.safetensors'); // true
 * ```
 */
export function isUrl(location: string): boolean {
  return /^(?:https?|hf):\/\//i.test(location);
}

/** The location that stands for standard input; a file of this name is `./-`. */
export const STANDARD_INPUT = '-';

/**
 * Returns whether a location is standard input.
 *
 * @param location a path, an address or `-`.
 * @returns true for `-`.
 * @example
 * ```js
 * import { isStandardInput } from 'polysem/io';
 * isStandardInput('./-'); // false
 * ```
 */
export function isStandardInput(location: string): boolean {
  return location === STANDARD_INPUT;
}

/**
 * Formats a location for messages and reports, without anything that may be secret.
 *
 * @param location a path, an address, or `-`.
 * @returns a path unchanged; an address without query, user and token; `standard input` for `-`.
 * @example
 * ```js
 * import { shownLocation } from 'polysem/io';
 * shownLocation('https://me@host/w.npy?signature=1'); // 'https://host/w.npy'
 * ```
 */
export function shownLocation(location: string): string {
  if (isStandardInput(location)) return 'standard input';
  return isUrl(location) ? shownUrl(location) : location;
}

/** Removes query, fragment, user, password and token from an address. */
export function shownUrl(location: string): string {
  return location.replace(/[?#].*$/s, '').replace(/^(\w+:\/\/)[^/]*@/, '$1');
}

/**
 * Resolves `hf://owner/repository[@revision]/path` or `hf://datasets/owner/repository[@revision]/path` to an https
 * address. The revision defaults to `main`; a slash in its name is written `%2F`. An empty path means the repository
 * itself. Other addresses are returned unchanged.
 *
 * @throws FormatError if the address has no owner or repository, or the endpoint is not an http(s) address.
 */
export function resolveHf(location: string, endpoint: string = ENDPOINT): string {
  if (!/^hf:\/\//i.test(location)) return location;
  const { base, kind, repository, revision, path } = parseHf(location, endpoint);
  const prefix = kind === 'models' ? '' : `${kind}/`;
  return `${base}/${prefix}${repository}/resolve/${revision}/${encoded(path)}`;
}

/**
 * Resolves the location of a repository or folder, in the form of `resolveHf`, to the address that lists it, and its path in
 * the repository.
 *
 * @throws FormatError as `resolveHf` does.
 */
export function resolveHfTree(
  location: string,
  endpoint: string = ENDPOINT,
): { readonly url: string; readonly path: string } {
  const { base, kind, repository, revision, path } = parseHf(location, endpoint);
  const parts = path.filter((part) => part !== '');
  const below = parts.length === 0 ? '' : `/${encoded(parts)}`;
  return {
    url: `${base}/api/${kind}/${repository}/tree/${revision}${below}`,
    path: parts.join('/'),
  };
}

function encoded(path: readonly string[]): string {
  return path.map(encodeURIComponent).join('/');
}

/** A location on the hub; repository and revision are encoded for an address. */
interface HfLocation {
  readonly base: string;
  readonly kind: (typeof KINDS)[number];
  readonly repository: string;
  readonly revision: string;
  readonly path: readonly string[];
}

function parseHf(location: string, endpoint: string): HfLocation {
  const fail = (problem: string): never => {
    throw new FormatError(shownUrl(location), problem);
  };
  if (!/^https?:\/\/[^/]/i.test(endpoint)) {
    fail('the endpoint is not an http(s) address; correct HF_ENDPOINT or unset it');
  }
  if (/^hf:\/\/[^/@]*@/i.test(location)) {
    fail('has a user or token in its address, which is not sent; remove it and set HF_TOKEN');
  }
  const parts = location.slice('hf://'.length).split('/');
  const kind = KINDS.find((word) => word === parts[0]);
  const [owner, repository, ...path] = kind === undefined ? parts : parts.slice(1);
  const [name, revision = 'main', ...more] = (repository ?? '').split('@');
  if (
    !owner ||
    !name ||
    !revision ||
    more.length > 0 ||
    /^\.+$/.test(owner) ||
    /^\.+$/.test(name)
  ) {
    fail('is not of the form hf://owner/repository[@revision]/path');
  }
  const dotted = [...path, ...decode(revision).split('/')].find((part) => /^\.\.?$/.test(part));
  if (dotted !== undefined) {
    fail(
      `has "${dotted}" in its path, which may lead out of the repository; give the path without it`,
    );
  }
  return {
    base: endpoint.replace(/\/+$/, ''),
    kind: kind ?? 'models',
    repository: encoded([owner, name]),
    revision: encodeURIComponent(decode(revision)),
    path,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
