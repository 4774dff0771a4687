import { connect, createServer, type Socket } from 'node:net';

export interface TcpBreaker {
  port: number;
  /** Cuts every line that is open, in the middle of whatever is being said. */
  cut(): void;
  cuts(): number;
  stop(): Promise<void>;
}

/** Hands a port on to another one, and can cut the line. */
export async function startTcpBreaker(target: number): Promise<TcpBreaker> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    if (sockets.size > 0) cuts += 1;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut,
    cuts: () => cuts,
    stop() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
