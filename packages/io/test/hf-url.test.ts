import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openUrl, urlFolder } from '../src/bytes/index.ts';
import { resolveHf, shownLocation } from '../src/bytes/hf-url.ts';
import { FAST, urlServers, WEIGHTS } from './url-files.ts';

const servers = urlServers();

describe('a token', () => {
  test.each([
    'hf_secret\n',
    'hf_secret\r\nX-Other: 1',
    ' hf_secret',
    'hf_sécret',
    'hf_secret\u2028',
    'hf_secret\0',
    '',
  ])('is checked before it is sent, and never shown: %j', async (token) => {
    const options = { ...FAST, token, endpoint: servers.server.origin };
    for (const opening of [
      openUrl(`${servers.server.origin}/m.safetensors`, options),
      openUrl('hf://a/b/m.safetensors', options),
      urlFolder('hf://a/b', options).open('m.safetensors'),
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const error = (await opening.catch((caught: unknown) => caught)) as Error;
      expect(error.message).toMatch(/the token holds a line break, a space or another character/);
      expect(inspect(error, { depth: 9 })).not.toMatch(/s[eé]cret/);
    }
    expect(servers.server.log).toHaveLength(0);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['an error of the server', (response) => response.writeHead(503).end()],
    ['a refusal', (response) => response.writeHead(403).end()],
    ['an unknown status', (response) => response.writeHead(418).end()],
    ['a dropped connection', (response) => response.destroy()],
    ['a wrong range', (response) => response.writeHead(206, { 'content-range': 'x' }).end()],
    ['a redirect without end', (response) => response.writeHead(302, { location: '/' }).end()],
    ['a redirect to nowhere', (response) => response.writeHead(302, { location: 'x://' }).end()],
  ])('is not shown after %s', async (_, answer) => {
    servers.server.misbehave = (__, response) => {
      answer(response);
      return true;
    };
    const options = { ...FAST, attempts: 2, token: 'hf_secret', endpoint: servers.server.origin };
    const error = await openUrl('hf://a/b/w', options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 9 })).not.toContain('secret');
    expect(servers.server.log[0].token).toBe('Bearer hf_secret');
  });

  test('is not shown if fetch itself shows it', async () => {
    const fetch = async (): Promise<never> => {
      throw new TypeError('Headers.append: "Bearer hf_secret" is an invalid header value.');
    };
    const options = { ...FAST, fetch, token: 'hf_secret', endpoint: 'https://hub' };
    const error = (await openUrl('https://hub/w', options).catch((caught) => caught)) as Error;
    expect(error.message).toContain('(token)');
    expect(error.message).not.toContain('secret');
  });
});

describe('hf://', () => {
  test.each([
    'hf://a/b/../../c/d/resolve/main/x',
    'hf://a/b/x/./y',
    'hf://a/b/..',
    'hf://a/b@../x',
    'hf://a/b@%2e%2e/x',
    'hf://a/b@v%2F..%2F../x',
    'hf://datasets/a/b/../x',
  ])('refuses a path that leads elsewhere: %s', (location) => {
    expect(() => resolveHf(location)).toThrow(/may lead out of the repository/);
  });

  test.each([
    ['hf://a/b/c/d.bin', 'https://huggingface.co/a/b/resolve/main/c/d.bin'],
    ['hf://a/b@v1/d.bin', 'https://huggingface.co/a/b/resolve/v1/d.bin'],
    ['hf://a/b@refs%2Fpr%2F1/x y', 'https://huggingface.co/a/b/resolve/refs%2Fpr%2F1/x%20y'],
    ['hf://datasets/a/b/d', 'https://huggingface.co/datasets/a/b/resolve/main/d'],
    ['hf://a/b', 'https://huggingface.co/a/b/resolve/main/'],
    ['https://x/y', 'https://x/y'],
  ])('resolves %s to %s', (location, url) => {
    expect(resolveHf(location)).toBe(url);
  });

  test.each([
    'hf://',
    'hf://a',
    'hf://a/',
    'hf://a/@v/x',
    'hf://a/b@/x',
    'hf://../b/x',
    'hf://a/b@c@d',
  ])('rejects %s', (location) => {
    expect(() => resolveHf(location)).toThrow(
      `${location}: is not of the form hf://owner/repository[@revision]/path`,
    );
  });

  test.each([
    ['hf://secret@a/b/x', 'hf://a/b/x: has a user or token in its address, which is not sent'],
    ['hf://a?token=secret', 'hf://a: is not of the form'],
  ])('does not show secrets of %s', (location, message) => {
    expect(() => resolveHf(location)).toThrow(message);
    expect(() => resolveHf(location)).not.toThrow('secret');
    expect(shownLocation(location)).not.toContain('secret');
  });

  test('shows a path unchanged, whatever it contains', () => {
    expect(shownLocation('a@b?c#d')).toBe('a@b?c#d');
    expect(shownLocation('https://u:p@p@x/y@z?q=1')).toBe('https://x/y@z');
  });

  test('is fetched from the endpoint', async () => {
    servers.server.files.set('/a/b/resolve/main/m.safetensors', WEIGHTS);
    const source = await openUrl('hf://a/b/m.safetensors', {
      ...FAST,
      endpoint: `${servers.server.origin}/`,
    });
    expect(source.name).toBe('hf://a/b/m.safetensors');
    expect(source.size).toBe(WEIGHTS.length);
    await expect(
      openUrl('hf://a/b/none', { ...FAST, endpoint: servers.server.origin }),
    ).rejects.toThrow(
      'hf://a/b/none: no such file (404); check owner, repository, revision and path',
    );
    await expect(openUrl('hf://a/b/none', { endpoint: 'ftp://x' })).rejects.toThrow('HF_ENDPOINT');
  });
});

test('an address with a password is rejected, and not shown', async () => {
  await expect(openUrl('https://me:secret@host/x?key=1')).rejects.toThrow(
    'https://host/x: has a user or password in its address, which is not sent',
  );
  await expect(openUrl('http://')).rejects.toThrow('is not a valid address');
});
