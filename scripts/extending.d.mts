/** docs/extending.md: the current `page`, and `drawn`, the page with its files copied in again. */
export function extendingPage(): { readonly page: string; readonly drawn: string };
