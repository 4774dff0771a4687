/** The province's mail server of the demo: takes what the gateway sends and lays it into the agencies' mailboxes. */
import { SMTPServer } from 'smtp-server';

export interface Delivered {
  from: string;
  to: string;
  raw: Buffer;
  /** ENVID of RFC 3461, when the sender asked for reports. */
  envelopeId: string | null;
}

export interface MailSink {
  port: number;
  delivered: Delivered[];
  /** Resolves when `ready` holds of what was delivered, or when `ms` are over (false). */
  until(ready: (delivered: Delivered[]) => boolean, ms: number): Promise<boolean>;
  close(): Promise<void>;
}

export async function openMailSink(
  options: { port?: number; onDelivered?: (mail: Delivered) => void } = {},
): Promise<MailSink> {
  const delivered: Delivered[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    hideDSN: false,
    disableReverseLookup: true,
    // Senders keep their connections; the end must not wait for them.
    closeTimeout: 200,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
        const args = (session.envelope.mailFrom ? session.envelope.mailFrom.args : {}) as Record<
          string,
          string
        >;
        for (const { address } of session.envelope.rcptTo) {
          const mail = { from, to: address.toLowerCase(), raw, envelopeId: args['ENVID'] ?? null };
          delivered.push(mail);
          options.onDelivered?.(mail);
        }
        callback(null);
      });
    },
  });
  server.on('error', () => undefined); // a client that went away
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    delivered,
    until: async (ready, ms) => {
      const end = performance.now() + ms;
      while (!ready(delivered)) {
        if (performance.now() > end) return false;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return true;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
