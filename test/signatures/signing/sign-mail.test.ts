import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeMail } from '../../../mail/compose/compose.ts';
import { signMail } from '../../../signatures/signing/sign-mail.ts';
import { hasCommand, wordsOfCommand } from '../../support/command.ts';
import { serverSuite } from '../../support/require.ts';
import { identityOf, OUR_ADDRESS, OUR_NAME, ourAgency, pem, root } from '../../support/signing.ts';

const AT = '2026-11-20T08:04:05.000Z';
const agency = identityOf(ourAgency());

/** T1 as the outbox composes it. */
function notice(): Promise<Buffer> {
  const intent = {
    about: {
      messageId: '<a@b.example>',
      references: [],
      subject: 'Công văn số 12',
      senderAddress: 'snv@mau.example',
    },
    subject: 'Công văn số 12',
    senderAddress: 'snv@mau.example',
    enteredAt: AT,
    deemedReceivedAt: AT,
    files: [],
    lookup: 'ABC',
  };
  const context = {
    agency: {
      code: 'H99.10',
      name: OUR_NAME,
      address: OUR_ADDRESS,
      clerkUnit: 'Văn thư',
      phone: '0200',
      place: 'Mẫu',
    },
    token: 'tokentokentokentoken',
    messageIdHeader: '<cv.token@mau.example.gov.vn>',
    date: new Date(AT),
    entry: null,
    to: 'snv@mau.example',
    toName: 'Sở Nội vụ tỉnh Mẫu',
    files: [],
  };
  return buffer(composeMail('T1', intent, context));
}

const options = { signingTime: AT, seed: 'tokentokentokentoken' };
const headOf = (mail: Buffer): string => mail.toString('latin1').split('\r\n\r\n')[0]!;

describe('multipart/signed around a notice', () => {
  it('keeps every header that servers and readers look for, and describes the body inside only', async () => {
    const plain = await notice();
    const signed = await signMail(plain, agency, options);
    const outside = (text: string) =>
      headOf(Buffer.from(text, 'latin1'))
        .split(/\r\n(?![ \t])/)
        .filter((line) => !/^content-/i.test(line));
    expect(outside(signed.toString('latin1'))).toEqual(outside(plain.toString('latin1')));
    expect(headOf(signed).match(/^content-type/gim)).toHaveLength(1);
    expect(headOf(signed)).toMatch(
      /Content-Type: multipart\/signed; protocol="application\/pkcs7-signature";\r\n micalg=sha-256/,
    );
  });

  it('gives the same bytes for the same values: what was kept can be made again', async () => {
    const plain = await notice();
    expect((await signMail(plain, agency, options)).equals(await signMail(plain, agency, options))).toBe(
      true,
    );
  });

  it.each([
    ['8-bit characters', 'Subject: x\r\n\r\nđề nghị\r\n'],
    ['a line that relays break', `Subject: x\r\n\r\n${'a'.repeat(999)}\r\n`],
    ['bare line feeds', 'Subject: x\r\n\r\na\nb\r\n'],
    ['no end of the head', 'Subject: x'],
  ])('%s cannot be signed', async (_name, mail) => {
    await expect(signMail(Buffer.from(mail), agency, options)).rejects.toMatchObject({
      code: 'SIGN_MAIL_FORM',
    });
  });
});

serverSuite('OpenSSL and our signed notices', hasCommand('openssl'), 'apt-get install openssl', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'congvan-smime-'));
    await writeFile(join(folder, 'root.pem'), pem(root.certificate));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function verify(mail: Uint8Array): Promise<string> {
    await writeFile(join(folder, 'mail.eml'), mail);
    return wordsOfCommand('openssl', [
      ...['cms', '-verify', '-in', join(folder, 'mail.eml'), '-CAfile', join(folder, 'root.pem')],
      ...['-purpose', 'any', '-out', join(folder, 'content')],
    ]);
  }

  it('verifies, and what was signed is the notice', async () => {
    const plain = await notice();
    const signed = await signMail(plain, agency, options);
    expect(await verify(signed)).toContain('Verification successful');
    const content = await readFile(join(folder, 'content'), 'latin1');
    expect(content).toContain('multipart/report');
    const body = plain.toString('latin1').split('\r\n\r\n').slice(1).join('\r\n\r\n');
    expect(content).toContain(body.trimEnd());
  });

  it('ECDSA verifies too', async () => {
    const ec = identityOf(ourAgency({ key: 'ec' }));
    expect(await verify(await signMail(await notice(), ec, options))).toContain('Verification successful');
  });

  it('a changed word is seen', async () => {
    const signed = (await signMail(await notice(), agency, options)).toString('latin1');
    const changed = signed.replace('congvan-notice.json', 'congvan-notice.jsox');
    expect(changed).not.toBe(signed);
    expect(await verify(Buffer.from(changed, 'latin1'))).not.toContain('Verification successful');
  });
});
