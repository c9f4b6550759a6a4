/** Key of an object that stands for a value the worker keeps; no job or task has it. */
const KEPT = '$kept';

/** A part that a worker keeps from now on. */
export interface Part {
  readonly id: number;
  /** The part; parts inside it that are kept too are references. */
  readonly value: unknown;
}

/** Packs values that contain large parts, so that each part is sent to each worker once. */
export interface SentOnce {
  /**
   * The value with references in place of its parts; objects without parts inside stay the same objects. Parts that the worker does not have yet are appended to
   * `unsent`, which must travel with the value.
   *
   * @param parts objects inside the value, compared by identity; a part may contain others.
   */
  readonly pack: (
    worker: number,
    value: unknown,
    parts: ReadonlySet<object>,
    unsent: Part[],
  ) => unknown;
}

/** Remembers which of several workers has which part. */
export function sentOnce(workers: number): SentOnce {
  const ids = new Map<object, number>();
  const sent = Array.from({ length: workers }, () => new Set<object>());

  return { pack };

  function pack(
    worker: number,
    value: unknown,
    parts: ReadonlySet<object>,
    unsent: Part[],
  ): unknown {
    // An object that occurs several times is visited once and stays one object, for example the distribution that all
    // features share.
    const packed = new Map<object, unknown>();
    const packEntry = (entry: unknown): unknown => {
      if (typeof entry !== 'object' || entry === null) return entry;
      if (parts.has(entry)) return reference(entry);
      if (!packed.has(entry)) packed.set(entry, withEntries(entry, packEntry));
      return packed.get(entry);
    };
    const reference = (part: object): unknown => {
      const id = ids.get(part) ?? ids.size;
      ids.set(part, id);
      if (!sent[worker].has(part)) {
        sent[worker].add(part);
        unsent.push({ id, value: withEntries(part, packEntry) });
      }
      return { [KEPT]: id };
    };
    return packEntry(value);
  }
}

/** An array or a plain object with other entries: a copy, or the object itself if no entry is different. */
function withEntries(value: object, entryOf: (entry: unknown) => unknown): object {
  if (ArrayBuffer.isView(value)) return value;
  const before = Object.values(value);
  const after = before.map(entryOf);
  if (after.every((entry, at) => entry === before[at])) return value;
  if (Array.isArray(value)) return after;
  return Object.fromEntries(Object.keys(value).map((key, at) => [key, after[at]]));
}

/** The worker's side of {@link sentOnce}. */
export interface KeptParts {
  /** Keeps parts in the order in which they were sent. */
  readonly keep: (parts: readonly Part[]) => void;
  /** Puts the kept parts in the place of references inside a value that came with a message. */
  readonly unpack: (value: unknown) => unknown;
  /** Drops all parts. */
  readonly forget: () => void;
}

/** Keeps parts until they are forgotten. */
export function keptParts(): KeptParts {
  const kept = new Map<number, unknown>();

  function unpack(value: unknown): unknown {
    const seen = new Set<object>();
    const unpackEntry = (entry: unknown): unknown => {
      if (typeof entry !== 'object' || entry === null || ArrayBuffer.isView(entry)) return entry;
      if (KEPT in entry) return kept.get(entry[KEPT] as number);
      if (seen.has(entry)) return entry;
      seen.add(entry);
      // The value belongs to this side, which may change it in place.
      const entries = entry as Record<string, unknown>;
      for (const key of Object.keys(entries)) entries[key] = unpackEntry(entries[key]);
      return entry;
    };
    return unpackEntry(value);
  }

  return {
    keep: (parts) => {
      for (const { id, value } of parts) kept.set(id, unpack(value));
    },
    unpack,
    forget: () => kept.clear(),
  };
}
