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
    const { weights, matrix, how } = lab.state;
    untrack(() => {
      if (weights === null) return;
      if (model.place !== null && weightsText(model.place) === weights) return;
      const place = ownPlace(weights);
      if (place !== null) model.open(place, matrix, how);
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
    const { place, matrix, wanted, choices: how } = model;
    if (place === null) return;
    // Until the file is read, its matrix is the one that the link asks for.
    const change = { weights: weightsText(place), matrix: matrix?.label ?? wanted, how };
    untrack(() => {
      const { weights, matrix: label, how: own } = lab.state;
      const isSame = change.weights === weights && change.matrix === label;
      if (!isSame || how.join() !== own.join()) lab.set(change);
    });
  });
}
