import { fastestKernel, kernelNamed } from '@polysem/engine/kernels';
import type { FromWorker, KernelChoice, ToWorker } from './messages.ts';
import { sentError } from './sent-error.ts';
import { keptParts } from './sent-once.ts';
import { trainingQueue } from './training-queue.ts';
import type { Kernel } from '@polysem/engine/kernels';
import type { DoTask } from './row-tasks.ts';
import type { TeamMember } from './team-member.ts';
import { buffersOf, freeChunk } from './task-memory.ts';

type Handle = (message: ToWorker) => void;

/**
 * The worker's side of the protocol, on any platform. Returns the function that handles messages.
 *
 * @param tasks the tasks that the worker does: all, or rows only, which need less code.
 * @param send posts a message and transfers the given buffers.
 * @param soon calls a function after the messages that have already come were handled, without further delay.
 * @param member the worker's part in teams; absent if it cannot share memory.
 */
export function serve(
  tasks: (kernel: Kernel) => DoTask,
  send: (message: FromWorker, transfer: readonly ArrayBuffer[]) => void,
  soon: (action: () => void) => void,
  member?: TeamMember,
): Handle {
  let handle: Handle | null = null;
  return (message) => {
    if (message.kind === 'start') handle = start(message.kernel, tasks, send, soon);
    else if (message.kind === 'team') member?.join(message.team, message.thread);
    else {
      if (message.kind === 'forget') member?.leave();
      handle?.(message);
    }
  };
}

function start(
  { name, models }: KernelChoice,
  tasks: Parameters<typeof serve>[0],
  send: Parameters<typeof serve>[1],
  soon: Parameters<typeof serve>[2],
): Handle {
  const kernel = name === 'auto' ? fastestKernel(models) : kernelNamed(name, models);
  const kept = keptParts();
  const queue = trainingQueue(kernel, kept.unpack, (message) => send(message, []), soon);
  const doTask = tasks(kernel);

  function task({ id, name: taskName, input }: Extract<ToWorker, { kind: 'task' }>): void {
    try {
      const answer = doTask(taskName, kept.unpack(input) as never);
      freeChunk(input);
      send({ kind: 'done', id, answer }, buffersOf(answer));
    } catch (error) {
      send({ kind: 'failed', id, error: sentError(error) }, []);
    }
  }

  send({ kind: 'ready', kernel: kernel.name }, []);
  return (message) => {
    if ('parts' in message) kept.keep(message.parts);
    if (message.kind === 'task') task(message);
    else if (message.kind === 'train') queue.add(message.assignments, message.checkpointMs);
    else if (message.kind === 'recall') queue.recall();
    else if (message.kind === 'forget') kept.forget();
  };
}
