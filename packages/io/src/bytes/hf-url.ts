import { FormatError } from './format-error.ts';

const ENDPOINT = 'https://huggingface.co';
const KINDS = ['models', 'datasets', 'spaces'] as const;

/** Whether a location is an address on the web rather than a path. */
export function isUrl(location: string): boolean {
  return /^(?:https?|hf):\/\//i.test(location);
}

/** A location as messages and reports show it: a path as it is, an address without what may be secret in it. */
export function shownLocation(location: string): string {
  return isUrl(location) ? shownUrl(location) : location;
}

/** An address without its query, such as a signature, and without user, password or token before its host. */
export function shownUrl(location: string): string {
  return location.replace(/[?#].*$/s, '').replace(/^(\w+:\/\/)[^/]*@/, '$1');
}

/**
 * The https address of `hf://owner/repository[@revision]/path`, or of `hf://datasets/owner/repository[@revision]/path`; the
 * revision is `main` if not given, and has `%2F` for `/` in its name. The path may be empty, for the repository itself.
 * Other addresses are given back as they are.
 *
 * @throws FormatError if the address has no owner and repository, or the endpoint is no address.
 */
export function resolveHf(location: string, endpoint: string = ENDPOINT): string {
  if (!/^hf:\/\//i.test(location)) return location;
  const fail = (problem: string): never => {
    throw new FormatError(shownUrl(location), problem);
  };
  if (!/^https?:\/\/[^/]/i.test(endpoint)) {
    fail(
      `the endpoint "${endpoint}" is no http(s) address; set HF_ENDPOINT to one, or leave it unset`,
    );
  }
  if (/^hf:\/\/[^/@]*@/i.test(location)) {
    fail('has a user or token in its address, which is not sent; set HF_TOKEN, and leave it out');
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
  const prefix = kind === undefined || kind === 'models' ? '' : `${kind}/`;
  const encoded = [owner, name].map(encodeURIComponent).join('/');
  const rev = encodeURIComponent(decode(revision));
  const rest = path.map(encodeURIComponent).join('/');
  return `${endpoint.replace(/\/+$/, '')}/${prefix}${encoded}/resolve/${rev}/${rest}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
