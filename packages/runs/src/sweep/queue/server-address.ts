import { UsageError } from '../../usage-error.ts';

/** The address of a queue server. */
export interface ServerAddress {
  readonly engine: 'redis' | 'nats';
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  /** Number of the Redis database. */
  readonly database: number;
  /** The address without the password, for messages. */
  readonly shown: string;
}

const SCHEMES: Readonly<Record<string, Pick<ServerAddress, 'engine' | 'tls' | 'port'>>> = {
  'redis:': { engine: 'redis', tls: false, port: 6379 },
  'rediss:': { engine: 'redis', tls: true, port: 6379 },
  'nats:': { engine: 'nats', tls: false, port: 4222 },
  'tls:': { engine: 'nats', tls: true, port: 4222 },
};

const FORMS =
  'redis://[user:password@]host[:port][/database], rediss://.. with TLS, nats://[user:password@]host[:port], or tls://.. for NATS with TLS';

/**
 * Reads the address of a queue server.
 *
 * @param text the address as a URL.
 * @param flag name of the flag, for messages.
 * @returns the address.
 * @throws UsageError if it has another form. The message never contains the password.
 */
export function parseServerAddress(text: string, flag = '--queue'): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !Object.hasOwn(SCHEMES, url.protocol) || url.hostname === '')
    throw new UsageError(`${flag}: not the address of a queue; expected ${FORMS}`);
  const { engine, tls, port } = SCHEMES[url.protocol];
  const path = url.pathname.replace(/^\//, '');
  if (engine === 'redis' ? !/^\d{0,5}$/.test(path) : path !== '')
    throw new UsageError(
      `${flag}: the path after the host must be ${engine === 'redis' ? 'the number of a database' : 'empty'}, got /${path}`,
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const chosen = url.port === '' ? port : Number(url.port);
  return {
    engine,
    tls,
    host,
    port: chosen,
    ...(url.username !== '' && { user: decodeURIComponent(url.username) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
    database: Number(path),
    shown: `${url.protocol}//${url.hostname}:${chosen}${path === '' ? '' : `/${path}`}`,
  };
}
