import { createHash } from 'node:crypto';
import type { Message } from './message-queue.ts';

// A part of a result: name of the whole, 16 bytes; index of the part and number of parts, 4 bytes each; bytes of the result.

const NAME_BYTES = 16;
const HEAD_BYTES = NAME_BYTES + 8;
/** Room that a server needs for its own headers. */
const SPARE_BYTES = 1024;

/** A message to send: its name and its body. */
export interface Part {
  readonly name: string;
  readonly body: Uint8Array;
}

/**
 * Splits a result into messages. Named by their content, so that parts of different results are never joined, and a result
 * that is sent twice has the same parts.
 *
 * @param bytes the result.
 * @param mostBytes largest body of a message.
 * @returns the messages, at least one.
 */
export function splitResult(bytes: Uint8Array, mostBytes: number): Part[] {
  const room = mostBytes - HEAD_BYTES - SPARE_BYTES;
  const count = Math.max(1, Math.ceil(bytes.length / room));
  const name = createHash('sha256').update(bytes).digest().subarray(0, NAME_BYTES);
  return Array.from({ length: count }, (_, i) => {
    const head = Buffer.alloc(HEAD_BYTES);
    name.copy(head);
    head.writeUInt32LE(i, NAME_BYTES);
    head.writeUInt32LE(count, NAME_BYTES + 4);
    return {
      name: `r${name.toString('hex')}-${i}`,
      body: Buffer.concat([head, bytes.subarray(i * room, (i + 1) * room)]),
    };
  });
}

/** A whole result and the messages that brought it. */
export interface WholeResult {
  readonly bytes: Uint8Array;
  readonly messages: readonly Message[];
}

/** Joins parts as they arrive, in any order and any number of times. */
export interface PartJoiner {
  /** Adds a part; returns the result if it is complete. Throws RangeError for a body that is not a part. */
  readonly add: (message: Message) => WholeResult | null;
  /** Messages of incomplete results. */
  readonly held: () => Message[];
}

/** Returns a new joiner. */
export function partJoiner(): PartJoiner {
  const results = new Map<string, Map<number, Message[]>>();
  return {
    add: (message) => {
      const { buffer, byteOffset, byteLength } = message.body;
      const body = Buffer.from(buffer, byteOffset, byteLength);
      const index = body.readUInt32LE(NAME_BYTES);
      const count = body.readUInt32LE(NAME_BYTES + 4);
      if (count === 1) return { bytes: body.subarray(HEAD_BYTES), messages: [message] };
      const name = body.toString('hex', 0, NAME_BYTES);
      const parts = results.get(name) ?? new Map<number, Message[]>();
      results.set(name, parts);
      parts.set(index, [...(parts.get(index) ?? []), message]);
      if (parts.size < count) return null;
      results.delete(name);
      const inOrder = [...parts].toSorted(([a], [b]) => a - b).map(([, messages]) => messages);
      return {
        bytes: Buffer.concat(inOrder.map(([first]) => first.body.subarray(HEAD_BYTES))),
        messages: inOrder.flat(),
      };
    },
    held: () => [...results.values()].flatMap((parts) => [...parts.values()].flat()),
  };
}
