import { availableParallelism, cpus, totalmem } from 'node:os';
import process from 'node:process';

/** What the figures depend on: processor, memory, Node, and the peers' numpy where it takes part. */
export function machineFacts(peers) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    peers: peers?.map(({ about }) => about),
  };
}

/** The same in a few lines of text. */
export function describeMachine({ cpu, cores, memoryGiB, node, peers }) {
  const lines = [`${cpu}, ${cores} cores, ${memoryGiB} GiB; node ${node}`];
  if (peers === undefined) return lines[0];
  lines[0] += ', one thread';
  if (peers.length === 0) lines.push('numpy: not available');
  else {
    const [{ python, numpy, scipy, blas }] = peers;
    const threads = peers.map((peer) => peer.threads).join(' and ');
    lines.push(
      `python ${python}, numpy ${numpy}, scipy ${scipy}, ${blas}, BLAS threads ${threads}`,
    );
  }
  return lines.join('\n');
}
