import type { QueueServer, ServerSettings } from './message-queue.ts';
import { openNats } from './nats-server.ts';
import { openRedis } from './redis-server.ts';
import { parseServerAddress } from './server-address.ts';

/**
 * Connects to a queue server.
 *
 * @param url its address.
 * @param settings lease and callback.
 * @returns the server.
 * @throws UsageError for another address or a missing package; Error if the server cannot be reached.
 */
export async function openServer(url: string, settings: ServerSettings): Promise<QueueServer> {
  const address = parseServerAddress(url);
  return address.engine === 'redis' ? openRedis(address, settings) : openNats(address, settings);
}
