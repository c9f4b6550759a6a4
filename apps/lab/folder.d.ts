/** The folder with the page's `index.html`. In a checkout it is built first if it is missing. */
export function labFolder(): Promise<string>;
