import {
  endTeam,
  makeTeam,
  teamShape,
  type KernelName,
  type LargeTeam,
} from '@polysem/engine/kernels';
import type { Job } from '@polysem/engine/training';
import type { Post } from './messages.ts';

/** Lets workers without a job help those that train large models. */
export interface Teams {
  /** Forms a team of a worker that is about to get a job and of its helpers, if the model is large. */
  readonly form: (worker: number, job: Job) => void;
  /** Ends all teams. */
  readonly end: () => void;
}

/** Makes the teams of a run with a number of jobs. */
export type MakeTeams = (run: {
  readonly jobs: number;
  readonly threads: number;
  readonly kernel: KernelName;
  readonly post: Post;
}) => Teams;

/** Teams of worker threads, where there are more threads than jobs. */
export const threadTeams: MakeTeams = ({ jobs, threads, kernel, post }) => {
  const teams: LargeTeam[] = [];
  return {
    form: (worker, job) => {
      if (job.kind !== 'batches' || worker >= jobs) return;
      const members = [worker];
      for (let helper = jobs + worker; helper < threads; helper += jobs) members.push(helper);
      if (members.length === 1) return;
      const shape = teamShape(job.instance, kernel);
      if (shape === null) return;
      const team = makeTeam(shape, members.length);
      teams.push(team);
      members.forEach((member, thread) => post(member, { kind: 'team', team, thread }));
    },
    end: () => {
      for (const team of teams) endTeam(team);
      teams.length = 0;
    },
  };
};

/** No teams, for workers that cannot share memory. */
export const noTeams: MakeTeams = () => ({ form: () => undefined, end: () => undefined });
