import { afterAll, beforeAll, expect, it } from 'vitest';
import { contentOf } from '../../../signatures/cms/signer.ts';
import { timestampFacts } from '../../../signatures/cms/timestamp.ts';
import { elements, readDer, whole } from '../../../signatures/der.ts';
import type { HttpScript } from '../../support/http-script.ts';
import {
  HOW_TO_GET_OPENSSL,
  type OpensslCertificate,
  type OpensslPki,
  openOpensslPki,
  opensslAvailable,
  timestampQuery,
} from '../../support/openssl-pki.ts';
import { serverSuite } from '../../support/require.ts';

const NOWHERE = { ocsp: 'http://127.0.0.1:1/', crl: 'http://127.0.0.1:1/', issuer: 'http://127.0.0.1:1/' };
const STAMPED = Buffer.from('giá trị chữ ký được đóng dấu thời gian');

serverSuite('a time stamp of an OpenSSL server', opensslAvailable(), HOW_TO_GET_OPENSSL, () => {
  let pki: OpensslPki;
  let server: OpensslCertificate;
  let http: HttpScript;
  let token: Uint8Array;

  beforeAll(async () => {
    pki = await openOpensslPki('Gốc dấu thời gian', NOWHERE);
    server = await pki.issue('tsa', { purpose: 'timestamps' });
    http = await pki.startTimestamps(server);
    const query = await timestampQuery(pki, STAMPED);
    const headers = { 'Content-Type': 'application/timestamp-query' };
    const answer = await fetch(http.url, { method: 'POST', headers, body: new Uint8Array(query) });
    // TimeStampResp: PKIStatusInfo, then the token (RFC 3161 2.4.2).
    const [, granted] = elements(readDer(new Uint8Array(await answer.arrayBuffer())));
    token = whole(granted!);
  });
  afterAll(async () => {
    await http.stop();
    pki.remove();
  });

  const read = (bytes: Uint8Array, over: Uint8Array = STAMPED) =>
    timestampFacts(bytes, contentOf(over), 'signature', []);

  it('holds: imprint, value, certificate and time', async () => {
    const facts = await read(token);
    expect(facts).toMatchObject({
      over: 'signature',
      intact: true,
      authentic: true,
      digestAlgorithm: 'sha256',
      reasons: [],
    });
    expect(Buffer.from(facts.certificate!.der).equals(server.der)).toBe(true);
    expect(Math.abs(Date.parse(facts.genTime!) - Date.now())).toBeLessThan(60_000);
  });

  it('is not one of other bytes', async () => {
    const facts = await read(token, Buffer.from('khác'));
    expect(facts.intact).toBe(false);
    expect(facts.reasons.map(({ code }) => code)).toContain('HASH_FAILURE');
  });

  it('is false when its time was changed, or its value', async () => {
    const genTime = Buffer.from(token).indexOf(Buffer.from(new Date().getUTCFullYear().toString(), 'latin1'));
    const otherTime = Buffer.from(token);
    otherTime.write('1999', genTime, 'latin1');
    expect((await read(otherTime)).intact).toBe(false);
    const otherValue = Buffer.from(token);
    otherValue[otherValue.length - 3]! ^= 1;
    expect((await read(otherValue)).authentic).toBe(false);
  });
});
