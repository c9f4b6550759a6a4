import { performance } from 'node:perf_hooks';

/**
 * Contender that calls a function of this process. `repeats` calls give the seconds of each; `result` is the result of the
 * last call.
 */
export function local(name, call) {
  const contender = {
    name,
    result: undefined,
    async time(repeats) {
      const start = performance.now();
      for (let r = 0; r < repeats; r++) contender.result = call();
      return (performance.now() - start) / 1000;
    },
  };
  return contender;
}

/** Contender that a peer runs: its function, the names of its arrays, and further options. */
export function remote(peer, name, run, args, options = {}) {
  return {
    name: `${name}, ${peer.threads} thread${peer.threads === 1 ? '' : 's'}`,
    async time(repeats) {
      const request = { request: 'run', function: run, args, options, repeats };
      return (await peer.ask(request)).seconds;
    },
  };
}
