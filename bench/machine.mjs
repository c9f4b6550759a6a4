import { describeMachine as describeOwn, machineFacts as ownFacts } from '@polysem/runs/bench';

/** Facts that the times depend on: processor, memory, Node, and the peers' numpy if it runs. */
export function machineFacts(peers) {
  return { ...ownFacts(), peers: peers?.map(({ about }) => about) };
}

/** Formats the facts of the machine as a few lines of text. */
export function describeMachine({ peers, ...facts }) {
  const lines = [describeOwn(facts)];
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
