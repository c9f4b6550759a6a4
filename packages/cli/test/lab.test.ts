import { execFileSync, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderServer } from '../src/lab/folder-server.ts';
import { labFiles } from '../src/lab/lab-files.ts';
import { polysem, scratch } from './polysem.ts';
import { program } from '../../../test/program.ts';

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
};

describe('the server of a folder', () => {
  const parent = mkdtempSync(join(tmpdir(), 'polysem-'));
  const folder = join(parent, 'page');
  let server: Server;
  let port: number;
  beforeAll(async () => {
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<p>page</p>');
    writeFileSync(join(folder, 'assets', 'a.js'), '1;');
    writeFileSync(join(parent, 'secret.txt'), 'secret');
    writeFileSync(join(parent, 'w.npy'), '0123456789');
    const weights = new Map([
      ['w.npy', join(parent, 'w.npy')],
      ['config.json', join(parent, 'config.json')],
    ]);
    server = folderServer(folder, weights);
    port = await listen(server);
  });
  afterAll(() => {
    server.close();
    rmSync(parent, { recursive: true });
  });

  /** Asks for a path as it stands: `fetch` would resolve its dots. */
  const ask = (
    path: string,
    method = 'GET',
    headers: Record<string, string> = {},
    to = port,
  ): Promise<{ status: number; headers: Record<string, unknown>; body: string }> =>
    new Promise((resolve, reject) => {
      request({ port: to, path, method, headers, host: '127.0.0.1', agent: false }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => (body += text));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
        );
      })
        .on('error', reject)
        .end();
    });

  it('answers with files, their types and headers that isolate the page', async () => {
    const page = await ask('/?x=1');
    expect([page.status, page.body]).toEqual([200, '<p>page</p>']);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': '11',
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    const script = await ask('/assets/a.js');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await ask('/', 'HEAD')).body).toBe('');
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets',
    '/none',
    '/%zz',
    '/%00',
  ])('answers %s with not found', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('answers with ranges of the weights that it was given, and lists them', async () => {
    const part = await ask('/weights/w.npy', 'GET', { range: 'bytes=2-4' });
    expect([part.status, part.body]).toEqual([206, '234']);
    expect(part.headers).toMatchObject({ 'content-range': 'bytes 2-4/10', 'content-length': '3' });
    const rest = await ask('/weights/w.npy', 'GET', { range: 'bytes=7-99' });
    expect([rest.status, rest.body]).toEqual([206, '789']);
    const beyond = await ask('/weights/w.npy', 'GET', { range: 'bytes=10-' });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */10']);
    expect((await ask('/weights/w.npy')).body).toBe('0123456789');
    expect((await ask('/weights/')).body).toBe('["w.npy"]');
    expect((await ask('/weights/secret.txt')).status).toBe(404);
    expect((await ask('/weights/..%2fsecret.txt')).status).toBe(404);
  });

  it('serves weights only under a name of this machine, unless it is public', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil',
    ])
      for (const path of ['/weights/w.npy', '/weights/', '/%77eights/w.npy'])
        // oxlint-disable-next-line no-await-in-loop
        expect([host, (await ask(path, 'GET', { host })).status]).toEqual([host, 403]);
    for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
      // oxlint-disable-next-line no-await-in-loop
      expect([host, (await ask('/weights/w.npy', 'GET', { host })).status]).toEqual([host, 200]);
    expect((await ask('/', 'GET', { host: 'evil.example' })).status).toBe(200);
    const open = folderServer(
      join(parent, 'page'),
      new Map([['w.npy', join(parent, 'w.npy')]]),
      true,
    );
    const other = await listen(open);
    const answer = await ask('/weights/w.npy', 'GET', { host: 'a.example' }, other);
    open.close();
    expect(answer.status).toBe(200);
  });

  it('answers only reads', async () => {
    expect((await ask('/', 'POST')).status).toBe(405);
  });
});

describe('polysem lab', () => {
  it('names a port that is wrong or in use', async () => {
    const run = (port: string): string => {
      try {
        execFileSync(process.execPath, [program, 'lab', '--port', port], {
          encoding: 'utf8',
          stdio: 'pipe',
        });
        return '';
      } catch (error) {
        const { status, stderr } = error as { status: number; stderr: string };
        return `${status} ${stderr}`;
      }
    };
    expect(run('70000')).toMatch(/^2 .*--port: .*70000/s);
    const other = createServer();
    const port = await listen(other);
    expect(run(String(port))).toMatch(
      new RegExp(`^2 .*--port: ${port} is in use; give another`, 's'),
    );
    other.close();
  });

  it('refuses by one line what it cannot open', () => {
    const folder = scratch();
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return name;
    };
    const refuse = (file: string): string => {
      const { code, stderr } = polysem(['lab', file, '--port', '0'], folder);
      return `${code} ${stderr}`;
    };
    expect(refuse('none.npy')).toBe('2 polysem: none.npy: no such file\n');
    expect(refuse(write('a.json', '{"cells":[]}'))).toMatch(
      /^2 polysem: a\.json: spec is missing, as is configuration; give the JSON of [^\n]+\n$/,
    );
    expect(refuse(write('b.json', '{"spec":{"features":300}}'))).toMatch(
      /^2 polysem: b\.json: spec\.features is 300, but the lab shows 1 to 200; [^\n]+\n$/,
    );
  });

  it('opens results in the lab, and figures and other weights on the page of a model', async () => {
    const folder = scratch();
    const at = (name: string): string => join(folder, name);
    const run = (text: string): string => polysem(text.split(' '), folder).stdout;
    const axes = '--importance 0.25:4:2 --density 1:0.1:2';
    writeFileSync(at('p.json'), run(`phase --features 3 --dims 1 ${axes} --json`));
    run('train --importance 1,1 --dims 1 --density 0.1 --seeds 1 --out my#t.safetensors');
    run('train --importance 1,1 --dims 1 --density 0.1 --instances 2 --out two.safetensors');
    writeFileSync(at('m.json'), run('measure my#t.safetensors --json'));
    const opened = async (name: string) => {
      const { files, hash } = await labFiles(at(name));
      return { first: files.keys().next().value, hash };
    };
    expect(await opened('p.json')).toEqual({
      first: 'p.json',
      hash: '#v=1&file=weights%2Fp.json',
    });
    expect(await opened('my#t.safetensors')).toEqual({
      first: 'my#t.safetensors',
      hash: '#v=1&file=weights%2Fmy%23t.safetensors',
    });
    expect((await opened('m.json')).hash).toBe('#v=1&page=model&w=weights%2Fm.json');
    expect((await opened('two.safetensors')).hash).toBe(
      '#v=1&page=model&w=weights%2Ftwo.safetensors',
    );
  });

  it('prints the address of the page, and ends by Ctrl-C', async () => {
    const child = spawn(process.execPath, [program, 'lab', '--port', '0'], { stdio: 'pipe' });
    const address = await new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    });
    const page = await (await fetch(address)).text();
    expect(page).toContain('<title>polysem lab</title>');
    child.kill('SIGINT');
    const code = await new Promise((resolve) => {
      child.once('exit', resolve);
    });
    expect(code).toBe(0);
  });
});
