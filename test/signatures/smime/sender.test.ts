import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
import { readEntity } from '../../../signatures/smime/mime.ts';
import { certificateAddresses, plainAddress, vouchesFor } from '../../../signatures/smime/sender.ts';
import { certify, rsaKey } from '../../support/cms-keys.ts';
import { bytesOf, CLERK, clerk, OTHER, octetsOf } from '../../support/smime-message.ts';

const certificate = readCertificate(clerk.certificate);

/** A header of these fields: does the clerk's certificate vouch for it? */
function vouched(fields: string[]): boolean {
  const header = [...fields, 'Subject: Cong van', '', 'noi dung'].join('\r\n');
  return vouchesFor(certificate, readEntity(bytesOf(octetsOf(header))));
}

describe('the sender is the signer', () => {
  it.each<[string, string[]]>([
    ['a bare address', [`From: ${CLERK}`]],
    ['in angle brackets', [`From: <${CLERK}>`]],
    ['with a name', [`From: Van thu xa <${CLERK}>`]],
    ['with a quoted name', [`From: "Văn thư, UBND xã" <${CLERK}>`]],
    ['with an encoded name', [`From: =?utf-8?B?VsSDbiB0aMawIHjDow==?= <${CLERK}>`]],
    ['with an encoded name (Q)', [`From: =?utf-8?Q?V=C4=83n_th=C6=B0?= <${CLERK}>`]],
    ['with the address itself as name', [`From: "${CLERK}" <${CLERK}>`]],
    ['in capitals', [`From: ${CLERK.toUpperCase()}`]],
    ['in a folded field', [`From: Van thu\r\n <${CLERK}>`]],
    ['under a field name in capitals', [`FROM: ${CLERK}`]],
    ['with a comment behind, as older programs write', [`From: ${CLERK} (Văn thư)`]],
    ['with a comment in the name', [`From: UBND xa (VP) <${CLERK}>`]],
    ['with the same Sender', [`From: ${CLERK}`, `Sender: <${CLERK}>`]],
    ['with another Reply-To', [`From: ${CLERK}`, `Reply-To: ${OTHER}`]],
  ])('%s', (_, fields) => {
    expect(vouched(fields)).toBe(true);
  });
});

/** "Johnny, you are fired", class ID, and what header parsers differ on: anything ambiguous is nobody's. */
describe('the sender is not plainly the signer', () => {
  it.each<[string, string[]]>([
    ['I1, another address', [`From: ${OTHER}`]],
    ['I2, a display name that is another address', [`From: "${OTHER}" <${CLERK}>`]],
    ['I2, the same unquoted', [`From: ${OTHER} <${CLERK}>`]],
    ['I2, the signer as display name', [`From: "${CLERK}" <${OTHER}>`]],
    [
      'I2, an encoded name that is an address',
      [`From: =?utf-8?B?${Buffer.from(OTHER).toString('base64')}?= <${CLERK}>`],
    ],
    ['I2, with a full-width at sign', [`From: "chutich＠xamaumot.example" <${CLERK}>`]],
    ['I3, From twice, the signer first', [`From: ${CLERK}`, `From: ${OTHER}`]],
    ['I3, From twice, the signer last', [`From: ${OTHER}`, `From: ${CLERK}`]],
    ['I3, From twice, the same', [`From: ${CLERK}`, `From: ${CLERK}`]],
    ['I3, another Sender', [`From: ${CLERK}`, `Sender: ${OTHER}`]],
    ['I3, Sender twice', [`From: ${CLERK}`, `Sender: ${CLERK}`, `Sender: ${CLERK}`]],
    ['only a Sender', [`Sender: ${CLERK}`]],
    ['only a Reply-To', [`Reply-To: ${CLERK}`]],
    ['two addresses, the signer first', [`From: ${CLERK}, ${OTHER}`]],
    ['two addresses, the signer last', [`From: ${OTHER}, ${CLERK}`]],
    ['two addresses in brackets', [`From: <${CLERK}>, <${OTHER}>`]],
    ['two pairs of brackets', [`From: <${OTHER}> <${CLERK}>`]],
    ['brackets in brackets', [`From: <<${CLERK}>>`]],
    ['text behind the brackets', [`From: <${CLERK}> ${OTHER}`]],
    ['a comment that is an address', [`From: ${CLERK} (${OTHER})`]],
    [
      'a comment that is an address in an encoded word',
      [`From: ${CLERK} (=?utf-8?B?${Buffer.from(OTHER).toString('base64')}?=)`],
    ],
    ['a comment with a full-width at sign', [`From: ${CLERK} (chutich＠xamaumot.example)`]],
    ['a comment with brackets', [`From: ${CLERK} (<chutich>)`]],
    ['an unclosed comment', [`From: ${CLERK} (Van thu`]],
    ['a comment inside the address', ['From: vanthu(x)@xamaumot.example']],
    ['group syntax', [`From: nhom: ${CLERK};`]],
    ['an empty group', [`From: ${CLERK}:;`]],
    ['a source route', [`From: <@khac.example:${CLERK}>`]],
    ['a quoted local part', ['From: "vanthu"@xamaumot.example']],
    ['a quoted local part that holds an address', [`From: "${CLERK}"@khac.example`]],
    ['a percent route', ['From: vanthu%xamaumot.example@khac.example']],
    ['an encoded word as address', [`From: =?utf-8?B?${Buffer.from(CLERK).toString('base64')}?=`]],
    ['an encoded word in the brackets', [`From: <=?utf-8?B?${Buffer.from(CLERK).toString('base64')}?=>`]],
    ['a dot at the end of the domain', [`From: ${CLERK}.`]],
    ['a dot at the end of the local part', ['From: vanthu.@xamaumot.example']],
    ['a longer domain', [`From: ${CLERK}.khac.example`]],
    ['a domain literal', ['From: vanthu@[127.0.0.1]']],
    ['a look-alike letter', [`From: ${CLERK.replace('a', 'а')}`]],
    ['an invisible character', [`From: vanthu\u200b@xamaumot.example`]],
    ['a NUL', [`From: ${CLERK}\0@khac.example`]],
    ['a bare CR that injects a field', [`X-Any: x\rFrom: ${OTHER}`, `From: ${CLERK}`]],
    ['a line that is no field', [`From ${OTHER}`, 'rubbish', `From: ${CLERK}`]],
    ['an empty From', ['From:', `X-From: ${CLERK}`]],
    ['an unclosed quote', [`From: "Van thu <${CLERK}>`]],
    ['nothing at all', []],
    ['a field of a megabyte', [`From: ${'"'.repeat(1_000_000)} <${CLERK}>`]],
  ])('%s', (_, fields) => {
    expect(vouched(fields)).toBe(false);
  });
});

describe('the addresses of a certificate', () => {
  const addresses = (identity: Parameters<typeof certify>[1]) =>
    certificateAddresses(readCertificate(certify(rsaKey, identity).certificate));

  it('are those of subjectAltName and of the subject', () => {
    expect(addresses({ emails: ['a@x.example', 'b@x.example'], subjectEmail: 'c@x.example' })).toEqual([
      'a@x.example',
      'b@x.example',
      'c@x.example',
    ]);
    expect(addresses({})).toEqual([]);
  });

  it('are compared octet by octet: the Kelvin sign is no K', () => {
    const { certificate: der } = certify(rsaKey, { subjectEmail: '###etoan@x.example' });
    const forged = Buffer.from(der);
    forged.write('\u212a', forged.indexOf('###'), 'utf8');
    const message = readEntity(bytesOf('From: ketoan@x.example\r\n\r\n'));
    expect(vouchesFor(readCertificate(forged), message)).toBe(false);
    forged.write('..K', forged.indexOf('\u212a', 0, 'utf8'), 'latin1');
    expect(certificateAddresses(readCertificate(forged))).toEqual(['..Ketoan@x.example']);
  });

  it('with a NUL in them are no address of anybody', () => {
    const forged = readCertificate(certify(rsaKey, { emails: [`${CLERK}\0@khac.example`] }).certificate);
    expect(vouchesFor(forged, readEntity(bytesOf(`From: ${CLERK}\r\n\r\n`)))).toBe(false);
  });
});

it('reads a hostile value in time that does not grow with its square', () => {
  const began = performance.now();
  for (const piece of ['"', '<', '(', '=?', 'a.', '\\"', ' <a@b.c>', '=?x?q?'])
    expect(plainAddress(piece.repeat(2_000))).toBeNull();
  expect(performance.now() - began).toBeLessThan(500);
});
