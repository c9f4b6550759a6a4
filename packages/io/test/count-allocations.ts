/**
 * Lines of a module that count the bytes of the buffers that later lines allocate, in `counted`. Unlike the size of the process
 * they do not depend on the machine and on when memory is freed.
 */
export const COUNT_ALLOCATIONS = `
let counted = 0;
for (const name of ['ArrayBuffer', 'Uint8Array', 'Uint16Array', 'Uint32Array', 'Float32Array', 'Float64Array']) {
  globalThis[name] = new Proxy(globalThis[name], {
    construct(target, args, newTarget) {
      const made = Reflect.construct(target, args, newTarget);
      if (!(args[0] instanceof ArrayBuffer)) counted += made.byteLength;
      return made;
    },
  });
}`;
