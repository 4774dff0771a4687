/** One HTTP exchange, direct or through a proxy: no redirection is followed here, no status judged. */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { badStatus, timedOut, tooLarge } from './failures.ts';

/** Milliseconds for a connection to be there; less than the whole answer may take. */
const CONNECT_MS = 5_000;

export interface Exchange {
  url: URL;
  /** Null = GET, else POST. */
  body: Uint8Array | null;
  headers: Record<string, string>;
  maxBytes: number;
}

/** The way out. */
export interface Line {
  /** `http://host:port`; null = direct. */
  proxy: string | null;
  /** Addresses of the host, when direct; null = the proxy finds them. */
  addresses: string[] | null;
  /** PEM of authorities that https servers are trusted by; absent = the system's. */
  ca?: string | undefined;
  /** Ends the exchange when it takes too long. */
  signal: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  location: string | null;
  /** Empty unless the status is 200. */
  body: Uint8Array;
}

/** Gives the addresses that were looked at, so that no second answer of the name server is connected to. */
function fixedLookup(addresses: string[]): LookupFunction {
  return (_host, options, callback) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }));
    if (options.all === true) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  };
}

function serverName(url: URL): string | undefined {
  return isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? url.hostname : undefined;
}

function plainHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** An https server through a proxy: CONNECT, then TLS inside (RFC 9110 9.3.6). */
async function tunnelled(url: URL, proxy: URL, line: Line): Promise<TLSSocket> {
  const target = `${url.hostname}:${portOf(url)}`;
  const request = requestHttp({
    host: plainHost(proxy),
    port: portOf(proxy),
    method: 'CONNECT',
    path: target,
    headers: { Host: target },
    agent: false,
    signal: line.signal,
  });
  watchConnecting(request, proxy);
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      response.destroy();
      reject(badStatus(proxy, response.statusCode ?? 0));
    });
    request.once('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        return reject(badStatus(proxy, response.statusCode ?? 0));
      }
      resolve(connectTls({ socket, host: plainHost(url), servername: serverName(url) ?? '', ca: line.ca }));
    });
    request.end();
  });
}

function watchConnecting(request: ClientRequest, url: URL): void {
  const timer = setTimeout(() => {
    request.destroy(timedOut(url, `no connection within ${CONNECT_MS / 1000} s`));
  }, CONNECT_MS);
  const connected = () => clearTimeout(timer);
  request.once('close', connected);
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
}

async function openRequest({ url, body, headers }: Exchange, line: Line): Promise<ClientRequest> {
  const common = {
    method: body === null ? 'GET' : 'POST',
    headers: { Host: url.host, ...headers, ...(body === null ? {} : { 'Content-Length': body.length }) },
    signal: line.signal,
  };
  const path = `${url.pathname}${url.search}`;
  const proxy = line.proxy === null ? null : new URL(line.proxy);
  if (proxy !== null && url.protocol === 'http:') {
    // Absolute form (RFC 9112 3.2.2); whatever name or password the address carried is left out.
    const absolute = `http://${url.host}${path}`;
    const where = { host: plainHost(proxy), port: portOf(proxy), path: absolute };
    return requestHttp({ ...common, ...where, agent: false });
  }
  if (proxy !== null) {
    const socket = await tunnelled(url, proxy, line);
    // No `agent` here: with one, Node would not take the connection that is handed to it.
    return requestHttps({ ...common, host: plainHost(url), path, createConnection: () => socket });
  }
  const direct = {
    ...common,
    host: plainHost(url),
    port: portOf(url),
    path,
    agent: false as const,
    lookup: fixedLookup(line.addresses ?? []),
  };
  if (url.protocol === 'http:') return requestHttp(direct);
  return requestHttps({
    ...direct,
    servername: serverName(url) ?? '',
    ...(line.ca === undefined ? {} : { ca: line.ca }),
  });
}

async function readBody(response: IncomingMessage, { url, maxBytes }: Exchange): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(url, maxBytes);
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(url, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Asks once. Throws EVIDENCE_TOO_LARGE, EVIDENCE_TIMEOUT (no connection), EVIDENCE_STATUS (of the proxy), else what Node
 * throws for a broken line or an aborted signal.
 */
export async function exchange(ask: Exchange, line: Line): Promise<HttpAnswer> {
  const request = await openRequest(ask, line);
  try {
    watchConnecting(request, ask.url);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('error', reject);
      request.once('response', resolve);
      request.end(ask.body ?? undefined);
    });
    const status = response.statusCode ?? 0;
    const body = status === 200 ? await readBody(response, ask) : Buffer.alloc(0);
    return { status, location: response.headers.location ?? null, body };
  } finally {
    request.destroy();
  }
}
