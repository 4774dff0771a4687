import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestTimestamp } from '../../../gateway/signing/time-stamp.ts';
import { issueTimestampServer } from '../../../scripts/province/certificates.ts';
import { readTimestampResponse, timestampRequest } from '../../../signatures/signing/timestamp-request.ts';
import { hasCommand, wordsOfCommand } from '../../support/command.ts';
import { serverSuite } from '../../support/require.ts';
import { authority, pem, root } from '../../support/signing.ts';
import { startTsa, type Tsa } from '../../support/tsa.ts';

const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };

serverSuite('RFC 3161 time stamps (openssl ts)', hasCommand('openssl'), 'apt-get install openssl', () => {
  let folder: string;
  let tsa: Tsa;
  const imprint = createHash('sha256').update('chữ ký').digest();
  const server = (timeoutMs = 5_000) => ({ url: tsa.url, timeoutMs, unreachable: 'refuse' as const });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'congvan-tsa-'));
    tsa = await startTsa(folder, issueTimestampServer(authority, 'Máy chủ dấu thời gian', LONG));
  });
  afterAll(async () => {
    await tsa.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('a token comes back that OpenSSL verifies against our imprint', async () => {
    tsa.behaviour = 'honest';
    const token = await requestTimestamp(server(), imprint);
    await writeFile(join(folder, 'token'), token);
    await writeFile(join(folder, 'root.pem'), pem(root.certificate) + pem(authority.certificate));
    const answer = wordsOfCommand('openssl', [
      ...['ts', '-verify', '-token_in', '-in', join(folder, 'token')],
      ...['-digest', imprint.toString('hex'), '-CAfile', join(folder, 'root.pem')],
    ]);
    expect(answer).toContain('Verification: OK');
  });

  it.each<[Tsa['behaviour'], string]>([
    ['garbage', 'TSA_ANSWER'],
    ['refusing', 'TSA_ANSWER'],
    ['old-answer', 'TSA_ANSWER'],
    ['http-500', 'TSA_UNREACHABLE'],
    ['endless', 'TSA_UNREACHABLE'],
  ])('a server that is %s gives no token', async (behaviour, code) => {
    tsa.behaviour = behaviour;
    await expect(requestTimestamp(server(), randomBytes(32))).rejects.toMatchObject({
      code,
      temporary: true,
    });
  });

  it('an answer to another question of ours over the same imprint is refused by its nonce', async () => {
    tsa.behaviour = 'honest';
    await requestTimestamp(server(), imprint);
    tsa.behaviour = 'old-answer';
    await expect(requestTimestamp(server(), imprint)).rejects.toMatchObject({
      code: 'TSA_ANSWER',
      fields: { detail: 'sai số nonce' },
    });
  });

  /** An honest answer to a question of ours. */
  async function answered(nonce: Uint8Array): Promise<Buffer> {
    tsa.behaviour = 'honest';
    const body = new Uint8Array(timestampRequest(imprint, nonce));
    return Buffer.from(await (await fetch(tsa.url, { method: 'POST', body })).arrayBuffer());
  }

  it('a token over other bytes is refused, also with our nonce', async () => {
    const nonce = randomBytes(16);
    const answer = await answered(nonce);
    expect(() => readTimestampResponse(answer, imprint, nonce)).not.toThrow();
    expect(() => readTimestampResponse(answer, randomBytes(32), nonce)).toThrow(/không phải của chữ ký này/);
  });

  it('a token that comes with a refusal is none', async () => {
    const nonce = randomBytes(16);
    const answer = await answered(nonce);
    const status = answer.indexOf(Buffer.of(2, 1, 0));
    answer[status + 2] = 2;
    expect(() => readTimestampResponse(answer, imprint, nonce)).toThrow(/từ chối/);
  });

  it('a redirect to another server is not followed', async () => {
    const asked = tsa.asked;
    tsa.behaviour = { redirect: tsa.url };
    await expect(requestTimestamp(server(), imprint)).rejects.toMatchObject({ code: 'TSA_UNREACHABLE' });
    expect(tsa.asked).toBe(asked + 1);
  });

  it('a silent server is left after its time', async () => {
    tsa.behaviour = 'silent';
    const began = performance.now();
    await expect(requestTimestamp(server(300), imprint)).rejects.toMatchObject({ code: 'TSA_UNREACHABLE' });
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('nobody listening', async () => {
    const nobody = { url: 'http://127.0.0.1:9/', timeoutMs: 2_000, unreachable: 'refuse' as const };
    await expect(requestTimestamp(nobody, imprint)).rejects.toMatchObject({ code: 'TSA_UNREACHABLE' });
  });
});
