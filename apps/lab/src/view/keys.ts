import type { Lab } from '../state/lab.svelte.ts';

/** True if a key belongs to a field or to a combination of keys, not to the page. */
export function isTyped({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
  return isField || ctrlKey || metaKey || altKey;
}

/** Keys of the training and of the features, which work on every page. */
export function commonKeys(lab: Lab, event: KeyboardEvent): void {
  const { key, target } = event;
  if (key === ' ' && !(target instanceof HTMLButtonElement)) {
    event.preventDefault();
    if (lab.status === 'running') lab.pause();
    else lab.play();
  } else if (key === '.') lab.stepOnce();
  else if (key === 'r') lab.reset();
  else if (/^\d$/.test(key)) {
    const feature = Number(key);
    lab.highlighted = feature < lab.state.features && lab.highlighted !== feature ? feature : null;
  } else if (key === 'h') hold(lab);
  else if (key === 'p') lab.togglePin();
  else if (key === 'Escape') {
    if (lab.highlighted === null || lab.highlighted === lab.state.hold?.feature) lab.letGo();
    lab.highlighted = null;
  }
}

/** Holds the highlighted feature, or lets it go. */
function hold(lab: Lab): void {
  const held = lab.state.hold?.feature;
  const feature = lab.highlighted ?? held;
  if (feature === undefined || lab.shown === null) return;
  if (feature === held) lab.letGo();
  else lab.hold(feature);
}
