import type { Cell } from '../cell.ts';

/** A chunk that was sent and has not ended. */
export interface PublishedChunk {
  readonly name: string;
  readonly body: Uint8Array;
  /** Cells that have not ended. */
  readonly open: Set<string>;
  /** Time of the last sending, in milliseconds. */
  sentAt: number;
}

/** The chunks that were sent, and the cells of results that came before their chunk was sent. */
export interface Published {
  readonly chunks: () => Iterable<PublishedChunk>;
  readonly size: () => number;
  readonly add: (chunk: Omit<PublishedChunk, 'open'>, cells: readonly Cell[]) => void;
  /** Notes that cells have ended. */
  readonly end: (ids: readonly string[]) => void;
  /** Forgets that a cell ended early; true if it had. */
  readonly takeEarly: (id: string) => boolean;
}

/** Returns an empty list of chunks. */
export function published(): Published {
  const chunks = new Map<string, PublishedChunk>();
  const chunkOf = new Map<string, string>();
  const early = new Set<string>();
  return {
    chunks: () => chunks.values(),
    size: () => chunks.size,
    add: (chunk, cells) => {
      chunks.set(chunk.name, { ...chunk, open: new Set(cells.map(({ id }) => id)) });
      for (const { id } of cells) chunkOf.set(id, chunk.name);
    },
    end: (ids) => {
      for (const id of ids) {
        const name = chunkOf.get(id);
        if (name === undefined) early.add(id);
        else {
          chunkOf.delete(id);
          const { open } = chunks.get(name) as PublishedChunk;
          open.delete(id);
          if (open.size === 0) chunks.delete(name);
        }
      }
    },
    takeEarly: (id) => early.delete(id),
  };
}
