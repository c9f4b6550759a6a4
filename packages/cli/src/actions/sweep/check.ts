export { checkSweep } from '@polysem/runs/sweep/results';
