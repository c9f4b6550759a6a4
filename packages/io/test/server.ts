import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A local file server with ranges that logs its requests and can be told to misbehave. */
export interface TestServer {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
  readonly files: Map<string, Uint8Array>;
  /** Every request: its path, its range and token, and how many bytes of body were sent. */
  readonly log: { path: string; range: string; token: string | undefined; bytes: number }[];
  /** Answers a request by itself and returns true, or leaves it to the server. */
  misbehave: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly close: () => Promise<void>;
}

export async function serve(files: Record<string, Uint8Array>): Promise<TestServer> {
  const http = createServer((request, response) => {
    const path = request.url ?? '';
    const { range = '', authorization: token } = request.headers;
    const entry = { path, range, token, bytes: 0 };
    server.log.push(entry);
    if (server.misbehave(request, response)) return;
    const file = server.files.get(decodeURIComponent(path));
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const end = Math.min(Number(to) + 1, file.length);
    if (Number(from) >= file.length) {
      response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
      return;
    }
    const body = file.subarray(Number(from), end);
    entry.bytes = body.length;
    response.writeHead(206, {
      'content-range': `bytes ${from}-${end - 1}/${file.length}`,
      'content-length': body.length,
      etag: '"1"',
    });
    response.end(body);
  });
  const server: TestServer = {
    origin: '',
    files: new Map(Object.entries(files)),
    log: [],
    misbehave: () => false,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return Object.assign(server, { origin: `http://127.0.0.1:${port}` });
}
