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
   * A copy of a value with references in the place of its parts. Parts that the worker does not have yet are appended to
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
    if (typeof value !== 'object' || value === null) return value;
    if (!parts.has(value)) return copy(value, (entry) => pack(worker, entry, parts, unsent));
    const id = ids.get(value) ?? ids.size;
    ids.set(value, id);
    if (!sent[worker].has(value)) {
      sent[worker].add(value);
      const inside = copy(value, (entry) => pack(worker, entry, parts, unsent));
      unsent.push({ id, value: inside });
    }
    return { [KEPT]: id };
  }
}

/** A copy of an array or a plain object, entry by entry; typed arrays stay as they are. */
function copy(value: object, entryOf: (entry: unknown) => unknown): unknown {
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(entryOf);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, entryOf(entry)]));
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
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    if (KEPT in value) return kept.get(value[KEPT] as number);
    // The value belongs to this side, which may change it in place.
    const entries = value as Record<string, unknown>;
    for (const key of Object.keys(entries)) entries[key] = unpack(entries[key]);
    return value;
  }

  return {
    keep: (parts) => {
      for (const { id, value } of parts) kept.set(id, unpack(value));
    },
    unpack,
    forget: () => kept.clear(),
  };
}
