// A process that trains every n-th cell of a sweep and keeps nothing.

import process from 'node:process';
import { inlineExecutor, planTraining, trainPlans } from '@polysem/engine/training';
import { chooseKernel } from '@polysem/runs';
import { planSweep } from '@polysem/runs/sweep';
import { trainingSpecOf } from '../../packages/runs/dist/sweep/cells/train-parameters.js';

process.on('message', async ({ document, first, step }) => {
  const plan = planSweep(document);
  const kernel = chooseKernel(plan.kernel);
  const executor = inlineExecutor(kernel);
  for (let index = first; index < plan.size; index += step) {
    const { parameters, seed } = plan.cell(index).spec;
    const planned = planTraining(trainingSpecOf(parameters, seed), { kernel });
    // oxlint-disable-next-line no-await-in-loop -- one training after the other
    await trainPlans([planned], executor, {});
  }
  process.send('done');
});
process.send('ready');
