/** Runs a program with the installed package in Node and in a page, with the same results; false without a browser. */
export function tryPage(project: { readonly folder: string }): Promise<boolean>;
