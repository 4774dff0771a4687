/** PKCS #12 files: the only file that knows node-forge, which reads the old encryptions (RC2, 3DES) that Node's OpenSSL refuses. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { CongvanError } from '../../config/error.ts';

export interface Pkcs12 {
  privateKey: KeyObject;
  /** All certificates of the file, DER, as they stand in it. */
  certificates: Buffer[];
}

type Bag = forge.pkcs12.Bag;
type Pbes2 = (oid: string, parameters: unknown, password: string) => unknown;

/**
 * QUIRK: the library takes the characters of a password for octets in PBES2, where everybody else writes UTF-8, so that a
 * Vietnamese password would open no modern file. Old encryptions and the MAC want UTF-16, and get it.
 */
const { pbe } = forge.pki as unknown as { pbe: { getCipherForPBES2: Pbes2 } };
const withOctets = pbe.getCipherForPBES2;
pbe.getCipherForPBES2 = (oid, parameters, password) =>
  withOctets(oid, parameters, forge.util.encodeUtf8(password));

/** An ASN.1 value of the library as bytes. */
const derOf = (value: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(value).getBytes(), 'latin1');

function bagsOf(p12: forge.pkcs12.Pkcs12Pfx, type: string): Bag[] {
  return p12.getBags({ bagType: type })[type] ?? [];
}

/** QUIRK: the library knows RSA only; for other keys it hands out PKCS #8 as it found it. */
function keyOf(bag: Bag): KeyObject {
  const info = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  return createPrivateKey({ key: derOf(info), format: 'der', type: 'pkcs8' });
}

function certificateOf(bag: Bag): Buffer {
  return derOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1);
}

function opened(bytes: Uint8Array, password: string, name: string): forge.pkcs12.Pkcs12Pfx {
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(Buffer.from(bytes).toString('latin1'));
  } catch {
    return broken(name, 'không phải tệp PKCS#12 (.p12, .pfx)');
  }
  try {
    return forge.pkcs12.pkcs12FromAsn1(asn1, false, password);
  } catch (error) {
    const words = error instanceof Error ? error.message : '';
    if (/MAC could not be verified|invalid password/i.test(words))
      throw new CongvanError('SIGNING_PASSWORD', `Mật khẩu của tệp khóa ký ${name} không đúng.`, {
        temporary: false,
        fields: { file: name },
      });
    return broken(name, 'cách mã hóa hoặc cấu trúc tệp không đọc được');
  }
}

function broken(name: string, why: string): never {
  throw new CongvanError('SIGNING_KEY_FILE', `Không dùng được tệp khóa ký ${name}: ${why}.`, {
    temporary: false,
    fields: { file: name },
  });
}

/**
 * Opens a PFX; `name` is how messages speak of it. Errors, permanent: SIGNING_PASSWORD, SIGNING_KEY_FILE (no PKCS #12, or
 * not exactly one key in it). No message holds the password.
 */
export function readPkcs12(bytes: Uint8Array, password: string, name: string): Pkcs12 {
  const p12 = opened(bytes, password, name);
  const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids as Record<string, string>;
  const keys = [...bagsOf(p12, keyBag!), ...bagsOf(p12, pkcs8ShroudedKeyBag!)];
  if (keys.length !== 1) return broken(name, `có ${keys.length} khóa, cần đúng một`);
  try {
    return { privateKey: keyOf(keys[0]!), certificates: bagsOf(p12, certBag!).map(certificateOf) };
  } catch {
    return broken(name, 'loại khóa không đọc được');
  }
}
