/** A part of the page whose code is loaded when it is first shown, and then stays. */
export interface Part<C> {
  /** Its component; null until it is loaded. Reading it loads it. */
  readonly shown: C | null;
  /** True if it could not be loaded. */
  readonly isLost: boolean;
}

/**
 * A part of the page that is loaded by `load`, once for all places that show it. `{#await import(..)}` in a component would keep a
 * value of the framework each time that the part is shown, as long as the page is open (`untracked_writes` of Svelte 5.57).
 */
export function part<C>(load: () => Promise<{ readonly default: C }>): Part<C> {
  let component: C | null = $state.raw(null);
  let isLost = $state(false);
  let isAsked = false;
  async function ask(): Promise<void> {
    isAsked = true;
    try {
      component = (await load()).default;
    } catch (error) {
      isLost = true;
      throw error;
    }
  }
  return {
    get shown() {
      if (!isAsked) void ask();
      return component;
    },
    get isLost() {
      return isLost;
    },
  };
}
