/** Disjoint blocks of features. Features in no block are loose. */
export type Partition = readonly (readonly number[])[];

/** A change of blocks between two checkpoints. */
export interface DynamicsEvent {
  /** The step of the first checkpoint that shows the new blocks. */
  readonly step: number;
  /** Index of that checkpoint. */
  readonly checkpoint: number;
  /**
   * Kind of change, from the blocks before to the blocks after that they share features with: `forms` (0 to 1), `dissolves`
   * (1 to 0), `splits` (1 to several), `merges` (several to 1), `grows`, `shrinks` or `changes` (1 to 1: loose features join,
   * leave, or both), `rearranges` (several to several).
   */
  readonly kind:
    | 'forms'
    | 'dissolves'
    | 'splits'
    | 'merges'
    | 'grows'
    | 'shrinks'
    | 'changes'
    | 'rearranges';
  /** The blocks before and after, each ascending. */
  readonly from: Partition;
  readonly into: Partition;
}

/**
 * Removes short-lived changes from a sequence of partitions, and lists the events in which the remaining partition changes.
 *
 * A new block counts from its first checkpoint if all of the next `persistence` checkpoints contain it too. A block ends at
 * the first of `persistence` + 1 successive checkpoints without it. The last `persistence` checkpoints change nothing. The
 * first checkpoint starts with its lasting blocks, without an event. Two lasting blocks never share a feature, since all
 * blocks that share a feature with a new one are absent while it lasts.
 *
 * @param partitions the blocks at each step, each ascending.
 */
export function settledPartitions(
  steps: readonly number[],
  partitions: readonly Partition[],
  persistence: number,
): { settled: Partition[]; events: DynamicsEvent[] } {
  const seen = partitions.map(
    (blocks) => new Map(blocks.map((block): [string, readonly number[]] => [block.join(), block])),
  );
  let state = new Map<string, readonly number[]>();
  const settled: Partition[] = [];
  const events: DynamicsEvent[] = [];
  seen.forEach((blocks, at) => {
    const ahead = seen.slice(at, at + persistence + 1);
    if (ahead.length === persistence + 1) {
      const stay = [...state].filter(([key]) => ahead.some((other) => other.has(key)));
      const come = [...blocks].filter(
        ([key]) => !state.has(key) && ahead.every((other) => other.has(key)),
      );
      const stayed = new Map(stay);
      const gone = [...state].filter(([key]) => !stayed.has(key)).map(([, block]) => block);
      if (at > 0) {
        for (const [from, into] of connected(
          gone,
          come.map(([, block]) => block),
        )) {
          events.push({ step: steps[at], checkpoint: at, kind: kindOf(from, into), from, into });
        }
      }
      state = new Map([...stay, ...come]);
    }
    settled.push([...state.values()].toSorted(ascending));
  });
  return { settled, events };
}

function ascending(a: readonly number[], b: readonly number[]): number {
  return a[0] - b[0];
}

/** Groups old and new blocks that are connected by common features, in order of first features. */
function connected(gone: Partition, come: Partition): [Partition, Partition][] {
  const groups: { from: (readonly number[])[]; into: (readonly number[])[] }[] = [];
  const place = (block: readonly number[], side: 'from' | 'into'): void => {
    const own = new Set(block);
    const met = groups.filter(({ from, into }) =>
      [...from, ...into].flat().some((i) => own.has(i)),
    );
    const joined = {
      from: met.flatMap((group) => group.from),
      into: met.flatMap((group) => group.into),
    };
    joined[side].push(block);
    for (const group of met) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  };
  for (const block of gone) place(block, 'from');
  for (const block of come) place(block, 'into');
  return groups
    .map(({ from, into }): [Partition, Partition] => [
      from.toSorted(ascending),
      into.toSorted(ascending),
    ])
    .toSorted(
      ([a, b], [c, d]) => Math.min(...[...a, ...b].flat()) - Math.min(...[...c, ...d].flat()),
    );
}

function kindOf(from: Partition, into: Partition): DynamicsEvent['kind'] {
  if (from.length === 0) return 'forms';
  if (into.length === 0) return 'dissolves';
  if (from.length > 1) return into.length > 1 ? 'rearranges' : 'merges';
  if (into.length > 1) return 'splits';
  const [before, after] = [new Set(from[0]), new Set(into[0])];
  if (from[0].every((i) => after.has(i))) return 'grows';
  return into[0].every((i) => before.has(i)) ? 'shrinks' : 'changes';
}
