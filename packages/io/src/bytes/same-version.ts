import { FormatError } from './format-error.ts';

/** The properties that identify one version of a file. */
export interface Identity {
  readonly size: number;
  readonly etag: string | null;
  readonly modified: string | null;
}

/** Says that a file changed between two requests. */
export function changed(name: string, how: string): FormatError {
  return new FormatError(name, `changed while it was read: ${how}; start again`);
}

/**
 * Checks that an answer is about the same version of a file as the first answer: size, ETag and time of change.
 *
 * @throws FormatError that says what differs.
 */
export function checkSameVersion(name: string, first: Identity, answer: Identity): void {
  const { size, etag, modified } = answer;
  if (size !== first.size) throw changed(name, `has ${size} bytes, and had ${first.size}`);
  if (etag !== null && first.etag !== null) {
    if (etag !== first.etag) throw changed(name, 'is another version by its ETag');
    return;
  }
  if (modified !== first.modified) {
    throw changed(name, `was modified ${modified ?? 'at an unknown time'}`);
  }
}

/** Bytes that are compared again. */
const SAMPLE = 256;
/** Gaps of at most this many bytes are fetched along with a range: that is cheaper than a second request. */
const GAP = 1 << 15;
/** Samples kept. */
const KEPT = 64;

/** Bytes of a file that were seen before. */
interface Sample {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Fetches a range of a file. */
type Fetch = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * Wraps a function that fetches ranges of a file whose server sends no ETag, so that a change of its content is noticed:
 * each range is fetched together with bytes that were seen before, or these are fetched again after it.
 *
 * @param name the file in errors.
 * @param start the first bytes of the file.
 * @param fetchRange fetches a range.
 * @returns the function; it rejects with FormatError if the bytes are no longer the same.
 */
export function comparing(name: string, start: Uint8Array, fetchRange: Fetch): Fetch {
  let samples: Sample[] = [];
  const keep = (offset: number, bytes: Uint8Array): void => {
    const from = Math.max(0, bytes.length - SAMPLE);
    const sample = { offset: offset + from, bytes: bytes.slice(from) };
    if (sample.bytes.length > 0) samples = [sample, ...samples].slice(0, KEPT);
  };
  const compare = ({ offset, bytes }: Sample, again: Uint8Array): void => {
    if (again.length === bytes.length && bytes.every((byte, i) => again[i] === byte)) return;
    throw changed(name, `the bytes from ${offset} on are no longer the same`);
  };
  keep(0, start);
  return async (offset, length) => {
    const near = samples.find((sample) => {
      const gap = offset - (sample.offset + sample.bytes.length);
      return gap >= 0 && gap <= GAP;
    });
    const begin = near?.offset ?? offset;
    const bytes = await fetchRange(begin, offset - begin + length);
    if (near !== undefined) compare(near, bytes.subarray(0, near.bytes.length));
    const [last] = samples;
    if (near === undefined && last !== undefined) {
      compare(last, await fetchRange(last.offset, last.bytes.length));
    }
    const wanted = begin === offset ? bytes : bytes.slice(offset - begin);
    keep(offset, wanted);
    return wanted;
  };
}
