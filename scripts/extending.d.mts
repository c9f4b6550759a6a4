/** docs/extending.md as it stands, and with the files that it shows copied in again. */
export function extendingPage(): { readonly page: string; readonly drawn: string };
