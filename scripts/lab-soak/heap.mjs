// Splits the heap of a page into what its program keeps and what the engine compiles.

/**
 * Kinds of nodes in a heap snapshot that a program creates. The others are the engine's. `code` is bytecode, machine code and the
 * feedback from which the engine compiles; `object shape` is hidden classes. These grow for an hour and longer while a page does
 * the same things again, since a function is compiled again the more often it runs; their bound is the size of the source.
 * `native` is the browser's own objects, of which the page's are counted as nodes and listeners.
 */
const DATA = new Set([
  'object',
  'closure',
  'array',
  'string',
  'concatenated string',
  'sliced string',
  'number',
  'bigint',
  'symbol',
  'regexp',
]);
const COMPILED = new Set(['code', 'object shape']);

/** Sums a heap snapshot: number and bytes of the nodes that a program creates, and bytes of compiled code. */
export function heapParts({ snapshot: { meta }, nodes }) {
  const width = meta.node_fields.length;
  const [kind, size] = ['type', 'self_size'].map((name) => meta.node_fields.indexOf(name));
  const names = meta.node_types[kind];
  const parts = { objects: 0, data: 0, code: 0 };
  for (let at = 0; at < nodes.length; at += width) {
    const name = names[nodes[at + kind]];
    if (DATA.has(name)) {
      parts.objects++;
      parts.data += nodes[at + size];
    } else if (COMPILED.has(name)) parts.code += nodes[at + size];
  }
  return parts;
}

/**
 * Measures the heap of a page after garbage collection. `buffers` is the bytes of typed arrays, which lie outside the heap;
 * `text` is the snapshot, which the developer tools of the browser load.
 */
export async function heapOf(session) {
  // Objects with finalisers need more than one collection.
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (let k = 0; k < 3; k++) await session.send('HeapProfiler.collectGarbage');
  const { backingStorageSize } = await session.send('Runtime.getHeapUsage');
  const chunks = [];
  const keep = ({ chunk }) => chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', keep);
  await session.send('HeapProfiler.takeHeapSnapshot');
  session.off('HeapProfiler.addHeapSnapshotChunk', keep);
  const text = chunks.join('');
  return { ...heapParts(JSON.parse(text)), buffers: backingStorageSize, text };
}
