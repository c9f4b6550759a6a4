import type { ListedCommand } from './listed-command.ts';

/** The commands, in the order of the help. */
export const commands: readonly ListedCommand[] = [
  {
    name: 'allocate',
    description: 'Predict: the optimal allocation of D dimensions to N features, certified',
    shown: '[options]',
    load: async () => (await import('./commands/allocate.ts')).allocateCommand,
    run: async () => (await import('./actions/allocate.ts')).allocate,
  },
  {
    name: 'train',
    description: 'Train: toy models, each with R restarts, and their gap to the optimum',
    shown: '[options]',
    load: async () => (await import('./commands/train.ts')).trainCommand,
    run: async () => (await import('./actions/train.ts')).train,
  },
  {
    name: 'measure',
    description: 'Measure: how the features of a weight matrix share its dimensions',
    shown: '[options] <file>',
    load: async () => (await import('./commands/measure.ts')).measureCommand,
    run: async () => (await import('./actions/measure.ts')).measure,
  },
  {
    name: 'compare',
    description: 'Compare: two dictionaries of features, their directions and capacities',
    shown: '[options] <a> <b>',
    load: async () => (await import('./commands/compare.ts')).compareCommand,
    run: async () => (await import('./actions/compare.ts')).compare,
  },
  {
    name: 'geometry',
    description:
      'Geometry: blocks of a weight matrix, their shapes, and the features that each neuron mixes',
    shown: '[options] <file>',
    load: async () => (await import('./commands/geometry.ts')).geometryCommand,
    run: async () => (await import('./actions/geometry.ts')).geometry,
  },
  {
    name: 'audit',
    description:
      'Audit: compare measured capacities with the theory, with one price for all features',
    shown: '[options] <file>',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
    run: async () => (await import('./actions/audit.ts')).audit,
  },
  {
    name: 'phase',
    description:
      'Phase diagram: capacity of one feature over its importance and the density of all features',
    shown: '[options]',
    load: async () => (await import('./commands/phase.ts')).phaseCommand,
    run: async () => (await import('./actions/phase.ts')).phase,
  },
  {
    name: 'sweep',
    description: 'Sweep: experiments as data, resumable on one machine, on Slurm and on queues',
    shown: '[options] [command]',
    load: async () => (await import('./commands/sweep.ts')).sweepCommand,
  },
  {
    name: 'reproduce',
    description:
      'Reproduce: recompute the figures and claims of arXiv:2210.01892 and write one report',
    shown: '[options] [what]',
    load: async () => (await import('./commands/reproduce.ts')).reproduceCommand,
    run: async () => (await import('./actions/reproduce.ts')).reproduce,
  },
  {
    name: 'lab',
    description:
      'Lab: the page that predicts, trains and draws in the browser, served on this machine',
    shown: '[options] [file]',
    load: async () => (await import('./commands/lab.ts')).labCommand,
    run: async () => (await import('./actions/lab.ts')).lab,
  },
  {
    name: 'bench',
    description: 'Bench: training speed of this machine, in whole steps with sampling',
    shown: '[options] <what>',
    load: async () => (await import('./commands/bench.ts')).benchCommand,
    run: async () => (await import('./actions/bench.ts')).bench,
  },
];
