import { joinTeam, leadTeam, type LargeTeam, type TeamHelper } from '@polysem/engine/kernels';

/** Milliseconds of work between two looks at the messages. */
const SLICE_MS = 20;

/** A worker's part in a team that trains a large model. */
export interface TeamMember {
  /** Joins a team; thread 0 leads it. */
  readonly join: (team: LargeTeam, thread: number) => void;
  readonly leave: () => void;
}

/** @param soon calls a function after the messages that have already come were handled. */
export function teamMember(soon: (action: () => void) => void): TeamMember {
  let helper: TeamHelper | null = null;
  const slice = (): void => {
    if (helper === null) return;
    helper.help(SLICE_MS);
    soon(slice);
  };
  return {
    join: (team, thread) => {
      if (thread === 0) return leadTeam(team);
      const isIdle = helper === null;
      helper = joinTeam(team, thread);
      if (isIdle) soon(slice);
    },
    leave: () => {
      helper = null;
    },
  };
}
