/** A small HTTP server that answers as it is told, rightly or not. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';

interface Asked {
  method: string;
  /** As it stood in the request line: a path, or a whole address when we are a proxy. */
  target: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export interface HttpScript {
  port: number;
  /** `http://127.0.0.1:PORT`, or https. */
  url: string;
  asked: Asked[];
  /** Requests being answered at once, at most, so far. */
  most(): number;
  stop(): Promise<void>;
}

export type Answer = (asked: Asked, response: ServerResponse) => void | Promise<void>;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Serves on a loopback port; with `tls` over https. */
export async function startHttp(answer: Answer, tls?: { key: string; cert: string }): Promise<HttpScript> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let now = 0;
  let most = 0;
  const listener: RequestListener = async (request, response) => {
    now += 1;
    most = Math.max(most, now);
    response.once('close', () => {
      now -= 1;
    });
    const one: Asked = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
      body: await bodyOf(request),
    };
    asked.push(one);
    await answer(one, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`,
    asked,
    most: () => most,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export interface ProxyScript {
  url: string;
  /** Request lines: `GET http://…`, `CONNECT host:port`. */
  lines: string[];
  stop(): Promise<void>;
}

/** A forward proxy; every host is 127.0.0.1 to it. `refuse` = it says 403 to everything. */
export async function startProxy(refuse = false): Promise<ProxyScript> {
  const lines: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    lines.push(`${request.method} ${request.url}`);
    if (refuse) return void response.writeHead(403).end();
    const target = new URL(request.url ?? '');
    const onward = requestHttp(
      {
        host: '127.0.0.1',
        port: target.port,
        path: target.pathname,
        method: request.method ?? 'GET',
        agent: false,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, near: Socket) => {
    lines.push(`CONNECT ${request.url}`);
    if (refuse) return void near.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const far = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    lines,
    stop: () => {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
