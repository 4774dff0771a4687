import { createServer } from 'node:net';

export interface ScriptedClamd {
  port: number;
  /** Bytes of each scanned stream. */
  scanned: Buffer[];
  stop(): Promise<void>;
}

/**
 * A clamd that speaks INSTREAM and answers by what it is told: a reply line, 'hang', 'drop', or 'limit:N' = hang up with
 * "size limit exceeded" after N bytes, as the real one does, while the client is still writing.
 */
export async function startScriptedClamd(answer: (content: Buffer) => string): Promise<ScriptedClamd> {
  const scanned: Buffer[] = [];
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    let ended = false;
    socket.on('error', () => {});
    socket.on('close', () => socket.destroy());
    socket.on('data', (piece: Buffer) => {
      if (ended) return;
      bytes = Buffer.concat([bytes, piece]);
      const { content, complete } = unframe(bytes);
      const reply = answer(content);
      const limit = /^limit:(\d+)$/.exec(reply)?.[1];
      if (limit !== undefined && content.length > Number(limit)) {
        ended = true;
        socket.end('INSTREAM size limit exceeded. ERROR\0');
        return;
      }
      if (!complete) return;
      ended = true;
      scanned.push(content);
      if (reply === 'drop') socket.destroy();
      else if (limit !== undefined) socket.end('stream: OK\0');
      else if (reply !== 'hang') socket.end(`${reply}\0`);
    });
  });
  const sockets = new Set<import('node:net').Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    scanned,
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function unframe(bytes: Buffer): { content: Buffer; complete: boolean } {
  const pieces: Buffer[] = [];
  let at = 'zINSTREAM\0'.length;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (length === 0) return { content: Buffer.concat(pieces), complete: true };
    if (at + 4 + length > bytes.length) break;
    pieces.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { content: Buffer.concat(pieces), complete: false };
}
