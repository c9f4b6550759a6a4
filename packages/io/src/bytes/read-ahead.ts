type Fetch = (offset: number, length: number) => Promise<Uint8Array>;

/** Bytes fetched for a short read. */
export const WINDOW: number = 1 << 16;
/** Largest window, reached by reading forward for a while. */
const WIDEST = 1 << 21;
/** Windows kept, for readers at several places at once. */
const KEPT = 8;

interface Window {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Promise<Uint8Array>;
}

/**
 * Reads ranges through windows. A read shorter than 64 kB fetches a whole window, which then answers the following
 * reads. A short read that continues where a window ended fetches twice that window, up to 2 MB. A long read fetches
 * exactly the bytes requested, minus those that a window already has.
 *
 * @param start the first bytes of the file, if known.
 */
export function readAhead(size: number, fetchRange: Fetch, start?: Uint8Array): Fetch {
  let windows: Window[] = [];
  const keep = (window: Window): Window => {
    windows = [window, ...windows.filter((other) => other !== window)].slice(0, KEPT);
    return window;
  };
  if (start !== undefined) {
    keep({ offset: 0, length: start.length, bytes: Promise.resolve(start) });
  }

  const open = (offset: number, atLeast: number, before: Window | undefined): Window => {
    const grown = before === undefined ? WINDOW : Math.min(2 * before.length, WIDEST);
    const length = Math.min(Math.max(grown, WINDOW, atLeast), size - offset);
    const window = { offset, length, bytes: fetchRange(offset, length) };
    // A failed window is fetched again by the next read.
    window.bytes.catch(() => {
      windows = windows.filter((other) => other !== window);
    });
    return keep(window);
  };

  return async (offset, length) => {
    const parts: Uint8Array[] = [];
    let at = offset;
    const end = offset + length;
    while (at < end) {
      const found = windows.find((w) => at >= w.offset && at < w.offset + w.length);
      if (found === undefined && end - at >= WINDOW) {
        // oxlint-disable-next-line no-await-in-loop -- one request, the last
        parts.push(await fetchRange(at, end - at));
        return joined(parts, true);
      }
      const before = windows.find((w) => w.offset + w.length === at);
      const window = found === undefined ? open(at, end - at, before) : keep(found);
      // oxlint-disable-next-line no-await-in-loop -- a window after the other
      const bytes = await window.bytes;
      const from = at - window.offset;
      const part = bytes.subarray(from, Math.min(bytes.length, end - window.offset));
      parts.push(part);
      at += part.length;
    }
    return joined(parts, false);
  };
}

/** Joins parts; a single part that belongs to the caller is not copied. */
function joined(parts: readonly Uint8Array[], own: boolean): Uint8Array {
  if (own && parts.length === 1) return parts[0];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
