/** The theme of the page: the visitor's choice, or else the system's. */
class PageTheme {
  name: 'light' | 'dark' = $state('light');

  constructor() {
    this.name = document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
  }

  toggle(): void {
    this.name = this.name === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = this.name;
    try {
      localStorage.setItem('polysem-theme', this.name);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}

export const theme = new PageTheme();
