import { untrack } from 'svelte';
import type { Lab } from '../state/lab.svelte.ts';
import { ownPlace, weightsText } from './examples.ts';
import type { Model } from './model.svelte.ts';

/**
 * Opens the weights that the link names and the files that were dropped, and writes the open weights into the link. To be
 * called while the component of the page is set up.
 */
export function followLink(lab: Lab, model: Model): void {
  // Only an example, or a file of the server that serves the page, opens by itself. Other addresses wait in the field, so
  // that no link makes the page ask another site.
  $effect(() => {
    const { weights, matrix } = lab.state;
    untrack(() => {
      if (weights === null) return;
      if (model.place !== null && weightsText(model.place) === weights) return;
      const place = ownPlace(weights);
      if (place !== null) model.open(place, matrix);
    });
  });
  $effect(() => {
    const { dropped } = lab;
    if (dropped.length === 0) return;
    untrack(() => {
      lab.dropped = [];
      model.openFiles(dropped);
    });
  });
  $effect(() => {
    const { place, matrix } = model;
    if (place === null) return;
    const change = { weights: weightsText(place), matrix: matrix?.label ?? null };
    untrack(() => {
      const { state } = lab;
      if (state.weights !== change.weights || (matrix !== null && state.matrix !== change.matrix))
        lab.set(matrix === null ? { weights: change.weights } : change);
    });
  });
}
