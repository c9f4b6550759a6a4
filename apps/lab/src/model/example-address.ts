/** The address of a file of the examples, beside the page. */
export const exampleAddress = (file: string): string =>
  new URL(`examples/${file}`, document.baseURI).href;
