import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { urlFolder } from '../src/bytes/index.ts';
import { isHubFolder } from '../src/bytes/url-source.ts';
import { listHub } from '../src/bytes/hub-tree.ts';
import { resolveHfTree } from '../src/bytes/hf-url.ts';
import { encodeSafetensors } from '../src/index.ts';
import { readHints } from '../src/layouts/index.ts';
import { openWeights } from '../src/node/index.ts';
import { serve, type TestServer } from './server.ts';

const WEIGHTS = encodeSafetensors([
  { name: 'W_dec', shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) },
]);

let server: TestServer;
/** Answers a request for a listing; false leaves it to the usual answer. */
let misbehave: TestServer['misbehave'];
beforeAll(async () => {
  server = await serve({});
  server.misbehave = (request, response) =>
    misbehave(request, response) || listing(request.url!, response);
});
afterAll(() => server.close());
beforeEach(() => {
  server.log.length = 0;
  misbehave = () => false;
  server.files.clear();
});

/** Answers as the API of the hub does: what is in a folder, 3 entries per page. */
function listing(url: string, response: Parameters<TestServer['misbehave']>[1]): boolean {
  const { pathname, searchParams } = new URL(url, server.origin);
  const match = /^\/api\/models\/a\/b\/tree\/main(?:\/(.*))?$/.exec(decodeURIComponent(pathname));
  if (match === null) return false;
  const prefix = match[1] === undefined ? '' : `${match[1]}/`;
  const root = '/a/b/resolve/main/';
  const entries = new Map<string, object>();
  for (const [name, { length }] of server.files) {
    if (!name.startsWith(root + prefix)) continue;
    const [own, ...below] = name.slice(root.length + prefix.length).split('/');
    const path = prefix + own;
    const type = below.length > 0 ? 'directory' : 'file';
    entries.set(path, { type, oid: '0', size: below.length > 0 ? 0 : length, path });
  }
  if (entries.size === 0) {
    response.writeHead(404).end('{"error": "Entry not found"}');
    return true;
  }
  const from = Number(searchParams.get('cursor') ?? 0);
  const next = `<${server.origin}${pathname}?cursor=${from + 3}>; rel="next"`;
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    ...(from + 3 < entries.size && { link: next }),
  });
  response.end(JSON.stringify([...entries.values()].slice(from, from + 3)));
  return true;
}

const files = (names: readonly string[]): void => {
  for (const name of names) server.files.set(`/a/b/resolve/main/${name}`, WEIGHTS);
};
const options = () => ({ endpoint: server.origin, pause: 1, attempts: 2, spool: false });
const open = async (location: string): Promise<string[]> => {
  const { file, close } = await openWeights(location, options());
  await close();
  return file.entries.map(({ name, file: shard }) => `${shard ?? '-'}: ${name}`);
};

describe('a folder of the hub', () => {
  test('is opened by its only file of weights, with or without a slash at its end', async () => {
    files(['sub/unusual name.safetensors', 'sub/README.md', 'sub/x.txt', 'sub/y.txt']);
    for (const location of ['hf://a/b/sub', 'hf://a/b/sub/'])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await open(location)).toEqual(['-: W_dec']);
  });

  test('holds something', async () => {
    files(['sub/w.safetensors']);
    expect(await isHubFolder('hf://a/b/sub', options())).toBe(true);
    expect(await isHubFolder('hf://a/b/other', options())).toBe(false);
    expect(await isHubFolder(`${server.origin}/a`, options())).toBe(false);
    misbehave = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
      return true;
    };
    expect(await isHubFolder('hf://a/b/sub', options())).toBe(false);
  });

  test('lists the files to choose from', async () => {
    files(['sub/one.safetensors', 'sub/two.safetensors', 'sub/x.txt', 'sub/y.txt']);
    await expect(open('hf://a/b/sub')).rejects.toThrow(
      'hf://a/b/sub/: holds 2 files of weights, "one.safetensors", "two.safetensors"; choose one',
    );
  });

  test('lists the folders to choose from if there are many', async () => {
    files(Array.from({ length: 11 }, (_, layer) => `layer_${layer}/width_16k/params.npz`));
    await expect(open('hf://a/b')).rejects.toThrow(
      /^hf:\/\/a\/b\/: holds no file of weights, but 11 folders, "layer_0", "layer_1", "layer_2", .*, "layer_10"; choose one$/,
    );
  });

  test('is opened with the files in its folders if there are few', async () => {
    files(['layers.3/sae.safetensors', 'layers.10/sae.safetensors', 'x.txt']);
    expect(await open('hf://a/b')).toEqual([
      'layers.3/sae.safetensors: layers.3/sae.W_dec',
      'layers.10/sae.safetensors: layers.10/sae.W_dec',
    ]);
  });

  test('is listed once for its weights and its configurations', async () => {
    files(['sub/w.safetensors']);
    server.files.set('/a/b/resolve/main/sub/conf.yaml', new TextEncoder().encode('d_sae: 2\n'));
    const { file, folder, parent, name, close } = await openWeights('hf://a/b/sub/', options());
    const hints = await readHints({ file, path: name, folder, ...(parent && { parent }) });
    await close();
    expect(hints.config).toEqual({ d_sae: 2 });
    expect(server.log.map(({ path }) => path.replace('/a/b/resolve/main/', ''))).toEqual([
      '/api/models/a/b/tree/main/sub',
      'sub/w.safetensors',
      'sub/conf.yaml',
    ]);
  });

  test.each([
    'model.safetensors',
    'params.safetensors',
    'params.npz',
    'sae.safetensors',
    'checkpoints/final.safetensors',
    'ae.pt',
    'latest_ckpt.safetensors',
  ])('is opened by a usual name on a mirror without listings: %s', async (name) => {
    files([`sub/${name}`]);
    misbehave = ({ url }, response) => {
      if (!url!.startsWith('/api/')) return false;
      response.writeHead(404).end();
      return true;
    };
    expect(await open('hf://a/b/sub/')).toEqual(['-: W_dec']);
  });

  test('that does not exist is a missing file', async () => {
    files(['x.txt']);
    await expect(open('hf://a/b/none')).rejects.toThrow(
      'hf://a/b/none: no such file (404); check owner, repository, revision and path',
    );
    await expect(urlFolder('hf://a/b/none', options()).list!()).rejects.toThrow(
      'hf://a/b/none/: no such folder (404); check owner, repository, revision and path',
    );
  });
});

describe('a listing of the hub', () => {
  const list = (location = 'hf://a/b/sub') => urlFolder(location, options()).list!();

  test('is read page by page, without names that lead elsewhere', async () => {
    files(['sub/1', 'sub/2', 'sub/3', 'sub/4', 'sub/5/x', 'sub/6', 'sub/7']);
    expect(await list()).toEqual(['1', '2', '3', '4', '6', '7']);
    misbehave = (_, response) => {
      const paths = ['sub/..', 'sub/../x', 'sub/a\\b', 'sub/', 'other/x', 'sub/c:d', 'sub/ok'];
      response.writeHead(200);
      response.end(
        JSON.stringify(paths.map((path) => ({ type: 'file', path })).concat(null as never)),
      );
      return true;
    };
    expect(await list()).toEqual(['ok']);
  });

  test.each<[string, string, string]>([
    ['text', 'not JSON', 'the hub sent a listing that is not JSON; give the file'],
    ['an object', '{"error": "x"}', 'the hub sent no listing; give the file'],
  ])('is refused if it is %s', async (_, body, message) => {
    misbehave = (__, response) => {
      response.writeHead(200).end(body);
      return true;
    };
    await expect(list()).rejects.toThrow(`hf://a/b/sub/: ${message}`);
    expect(server.log).toHaveLength(1);
  });

  test('does not go on at another host, which would see the token', async () => {
    misbehave = (_, response) => {
      response.writeHead(200, { link: '<http://127.0.0.1:2/x?token=1>; rel="next"' }).end('[]');
      return true;
    };
    await expect(list()).rejects.toThrow(
      'hf://a/b/sub/: the listing goes on at another address, "http://127.0.0.1:2/x"; give the file',
    );
  });

  test('goes on at a relative address, and at none that is not an address', async () => {
    const links = ['</next?page=2>; rel=next', '<http://[>; rel="next"'];
    misbehave = (request, response) => {
      const link = request.url?.startsWith('/next') === true ? links[1] : links[0];
      response.writeHead(200, { link }).end('[]');
      return true;
    };
    await expect(list()).rejects.toThrow(
      'hf://a/b/sub/: the listing goes on at another address, "http://["; give the file',
    );
    expect(server.log).toHaveLength(2);
  });

  test('ends after twenty pages', async () => {
    misbehave = (_, response) => {
      response.writeHead(200, { link: `<${server.origin}/again>; rel="next"` }).end('[]');
      return true;
    };
    await expect(list()).rejects.toThrow('has more than 20 pages of files; give one of them');
    expect(server.log).toHaveLength(20);
  });

  test('ends at the deadline', async () => {
    misbehave = () => true;
    const slow = urlFolder('hf://a/b', { ...options(), attempts: 5, deadline: 100 }).list!();
    await expect(slow).rejects.toThrow(/cannot be fetched/);
  });

  test.each([401, 403, 410, 501])(
    'is not asked for again after a permanent error: %d',
    async (status) => {
      misbehave = (_, response) => {
        response.writeHead(status).end();
        return true;
      };
      await expect(list()).rejects.toThrow(`(${status})`.replace(/^\((410|501)\)$/, 'answered $1'));
      expect(server.log).toHaveLength(1);
    },
  );

  test('is asked for with the token, which no error shows', async () => {
    misbehave = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    const folder = urlFolder('hf://a/b', { ...options(), token: 'hf_secret' });
    const error = await Promise.resolve(folder.list!()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 9 })).not.toContain('secret');
    expect(server.log.map(({ token }) => token)).toEqual(['Bearer hf_secret', 'Bearer hf_secret']);
    const broken = urlFolder('hf://a/b', { ...options(), token: 'hf_secret\n' });
    await expect(broken.list!()).rejects.toThrow('the token holds a line break');
    expect(server.log).toHaveLength(2);
  });

  test.each([
    ['hf://a/b', '/api/models/a/b/tree/main', ''],
    ['hf://a/b@v1/x y/z/', '/api/models/a/b/tree/v1/x%20y/z', 'x y/z'],
    ['hf://datasets/a/b@refs%2Fpr%2F1/x', '/api/datasets/a/b/tree/refs%2Fpr%2F1/x', 'x'],
  ])('of %s is asked for at %s', (location, path, folder) => {
    expect(resolveHfTree(location)).toEqual({ url: `https://huggingface.co${path}`, path: folder });
  });

  test('of a path that leads elsewhere is never asked for', async () => {
    const none = async (): Promise<undefined> => expect.fail('asked');
    await expect(listHub('hf://a/b/../c', undefined, none)).rejects.toThrow(
      'may lead out of the repository',
    );
  });
});

test('a folder of the plain web cannot be listed, and one of the hub can', () => {
  expect(urlFolder('https://host/w').list).toBeUndefined();
  expect(urlFolder('hf://owner/name').list).toBeDefined();
});
