import { exampleAddress } from './example-address.ts';
import type { ModelPlace } from './messages.ts';

/** Weights that come with the page. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly place: () => ModelPlace;
}

/** The examples, written by `scripts/lab-examples.mjs`. */
export const examples: readonly Example[] = [
  {
    id: 'bytes',
    title: 'The bytes of Magika',
    about:
      'A real embedding: 257 bytes in 64 dimensions, from a model that tells file types apart.',
    place: () => ({
      kind: 'address',
      address: exampleAddress('magika-bytes.safetensors'),
      labels: exampleAddress('magika-bytes.txt'),
      name: 'magika-bytes.safetensors',
      matrix: { label: 'rows of byte_embedding', noun: 'bytes' },
    }),
  },
  {
    id: 'sae',
    title: 'A synthetic SAE decoder',
    about: '512 unit vectors in 64 dimensions, in eight blocks that do not overlap.',
    place: () => ({
      kind: 'address',
      address: exampleAddress('synthetic-sae.safetensors'),
      labels: null,
      name: 'synthetic-sae.safetensors',
    }),
  },
];

/** The place that a link names: an example, or a file that the server of the page serves; null for other addresses. */
export function ownPlace(weights: string): ModelPlace | null {
  const example = examples.find(({ id }) => weights === `example:${id}`);
  if (example !== undefined) return example.place();
  if (!weights.startsWith('weights/')) return null;
  const name = weights.slice('weights/'.length);
  const address = new URL(`weights/${encodeURIComponent(name)}`, document.baseURI).href;
  return { kind: 'address', address, labels: null, name };
}

/** The name of a file of this site, or within the page where all of it is one file; null for a file elsewhere. */
export function ownName(address: string): string | null {
  if (address.startsWith('data:')) return /;name=([^;]+);/.exec(address)?.[1] ?? null;
  return address.startsWith(location.origin) ? address.split('/').at(-1)! : null;
}

/** The text that a link has for a place; null for files, which a link cannot hold. */
export function weightsText(place: ModelPlace): string | null {
  if (place.kind === 'files') return null;
  const { address, name } = place;
  const example = examples.find(({ place: own }) => {
    const other = own();
    return other.kind === 'address' && other.address === address;
  });
  if (example !== undefined) return `example:${example.id}`;
  return address.startsWith(new URL('weights/', document.baseURI).href)
    ? `weights/${name}`
    : address;
}
