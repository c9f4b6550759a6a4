import type { Lab } from './lab.svelte.ts';

/** Milliseconds between a change of the state and that of the address, which browsers let change only so often. */
const LATER = 250;
/** Milliseconds for which the page says what happened to a link. */
const SAID = 2500;

/** The address of the page, whose part after `#` is the link. */
class Address {
  /** Message about the link that was copied last; empty after some seconds. */
  said = $state('');

  /** Lets the address follow a link, within a component. */
  follow(linkNow: () => string): void {
    $effect(() => {
      const link = linkNow();
      const timer = setTimeout(() => history.replaceState(null, '', `#${link}`), LATER);
      return () => clearTimeout(timer);
    });
  }

  /** Takes over a link that was typed or followed; shows the page that it needs. */
  open(lab: Lab): void {
    const wasOnePanel = lab.isOnePanel;
    lab.open(location.hash);
    if (lab.isOnePanel !== wasOnePanel) location.reload();
  }

  async copy(lab: Lab): Promise<void> {
    history.replaceState(null, '', `#${lab.link}`);
    try {
      await navigator.clipboard.writeText(location.href);
      this.said = 'Link copied';
    } catch {
      this.said = 'The link is in the address bar';
    }
    setTimeout(() => (this.said = ''), SAID);
  }
}

export const address = new Address();
