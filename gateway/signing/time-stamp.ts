/** RFC 3161 over HTTP (its section 3.4): asks the one configured server, nobody else. */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { CongvanError } from '../../config/error.ts';
import type { SigningConfig } from '../../config/types.ts';
import { readTimestampResponse, timestampRequest } from '../../signatures/signing/timestamp-request.ts';

type Server = NonNullable<SigningConfig['timestamp']>;

/** Octets of an answer: a token with its certificates has some 6,000. */
const MAX_ANSWER = 256 * 1024;
const NONCE_OCTETS = 16;

function unreachable(server: Server, detail: string, cause?: unknown): CongvanError {
  return new CongvanError(
    'TSA_UNREACHABLE',
    `Máy chủ cấp dấu thời gian ${new URL(server.url).host} không trả lời: ${detail}.`,
    { fields: { host: new URL(server.url).host, detail }, ...(cause === undefined ? {} : { cause }) },
  );
}

/**
 * A time-stamp token, DER, over a SHA-256 imprint. A redirect is not followed: only what is configured is asked.
 * Errors, temporary: TSA_UNREACHABLE (network, time, HTTP status), TSA_ANSWER (refused, or not the answer to our question).
 */
export async function requestTimestamp(server: Server, imprint: Uint8Array): Promise<Uint8Array> {
  const nonce = randomBytes(NONCE_OCTETS);
  const answer = await post(server, timestampRequest(imprint, nonce));
  return readTimestampResponse(answer, imprint, nonce);
}

function post(server: Server, body: Uint8Array): Promise<Buffer> {
  const url = new URL(server.url);
  const { request } = url.protocol === 'https:' ? https : http;
  const headers = {
    'Content-Type': 'application/timestamp-query',
    'Content-Length': body.length,
    Accept: 'application/timestamp-reply',
  };
  return new Promise((resolve, reject) => {
    const failed = (detail: string, cause?: unknown) => reject(unreachable(server, detail, cause));
    // The deadline is for the whole, not for each pause: a server that drips must not hold the clerk.
    const signal = AbortSignal.timeout(server.timeoutMs);
    const sent = request(url, { method: 'POST', headers, signal, agent: false }, (response) => {
      const parts: Buffer[] = [];
      let octets = 0;
      response.on('data', (part: Buffer) => {
        octets += part.length;
        parts.push(part);
        if (octets > MAX_ANSWER) {
          failed('câu trả lời quá lớn');
          response.destroy();
        }
      });
      response.on('error', (cause) => failed(wordsOf(cause, signal), cause));
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(Buffer.concat(parts))
          : failed(`mã HTTP ${response.statusCode}`),
      );
    });
    sent.on('error', (cause) => failed(wordsOf(cause, signal), cause));
    sent.end(body);
  });
}

function wordsOf(cause: Error, signal: AbortSignal): string {
  if (signal.aborted) return 'quá thời gian chờ';
  return (cause as NodeJS.ErrnoException).code ?? 'kết nối bị ngắt';
}
