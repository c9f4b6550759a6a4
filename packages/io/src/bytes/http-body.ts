import { Transient } from './retry.ts';

/** The members of a `Response` of fetch that are used. */
export interface HttpResponse {
  readonly status: number;
  /** Final address, after redirects. */
  readonly url: string;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly body: {
    readonly getReader: () => {
      readonly read: () => Promise<{
        readonly done: boolean;
        readonly value?: Uint8Array | undefined;
      }>;
    };
  } | null;
}

/**
 * Reads a body of at most `most` bytes; returns undefined if it is longer. Memory grows with the bytes received, not
 * with the length that the server claims. Calls `alive` for every part.
 *
 * Rejects with Transient if the connection ends early.
 */
export async function readBody(
  response: HttpResponse,
  most: number,
  alive: () => void,
): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array(0);
  const claimed = Number(response.headers.get('content-length'));
  if (claimed > most && response.headers.get('content-encoding') === null) return undefined;
  const reader = response.body.getReader();
  let bytes = new Uint8Array(Math.min(most, 1 << 16));
  let count = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a stream is read in order
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Transient('the connection ended early', { cause });
    });
    if (done || value === undefined) break;
    alive();
    if (count + value.length > most) return undefined;
    if (count + value.length > bytes.length) {
      const larger = new Uint8Array(
        Math.min(most, Math.max(2 * bytes.length, count + value.length)),
      );
      larger.set(bytes.subarray(0, count));
      bytes = larger;
    }
    bytes.set(value, count);
    count += value.length;
  }
  return count === bytes.length ? bytes : bytes.slice(0, count);
}
