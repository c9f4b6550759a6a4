/** The folder with the page's `index.html`, and with `lab.html`, the whole lab in one file. In a checkout it is built first if it is missing. */
export function labFolder(): Promise<string>;
