/** Writes encrypted PDFs as ISO 32000-2 7.6 has it: by the standard's algorithms, with another hand than the reader's. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import type { Bodies } from './pdf-file.ts';

export type Cipher = 'rc4-40' | 'rc4-128' | 'aes-128' | 'aes-256-r5' | 'aes-256-r6';

const PAD = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const PERMISSIONS = -44;
const ID = Buffer.of(0);

function md5(...parts: Buffer[]): Buffer {
  return createHash('md5').update(Buffer.concat(parts)).digest();
}

function arcfour(key: Buffer, text: Buffer): Buffer {
  const box = [...Array(256).keys()];
  let j = 0;
  for (let i = 0; i < 256; i += 1) {
    j = (j + box[i]! + key[i % key.length]!) % 256;
    [box[i], box[j]] = [box[j]!, box[i]!];
  }
  let [a, b] = [0, 0];
  return Buffer.from(
    text.map((octet) => {
      a = (a + 1) % 256;
      b = (b + box[a]!) % 256;
      [box[a], box[b]] = [box[b]!, box[a]!];
      return octet ^ box[(box[a]! + box[b]!) % 256]!;
    }),
  );
}

function aes(key: Buffer, text: Buffer): Buffer {
  const start = randomBytes(16);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, start);
  return Buffer.concat([start, cipher.update(text), cipher.final()]);
}

/** Algorithm 2.B; revision 5 stops at the first hash. */
function hash(revision: number, password: Buffer, salt: Buffer, user: Buffer): Buffer {
  let k = createHash('sha256').update(password).update(salt).update(user).digest();
  if (revision === 5) return k;
  for (let i = 0; ; i += 1) {
    const k1 = Buffer.concat([...Array(64)].map(() => Buffer.concat([password, k, user])));
    const cipher = createCipheriv('aes-128-cbc', k.subarray(0, 16), k.subarray(16, 32)).setAutoPadding(false);
    const e = cipher.update(k1);
    const modulo = Number(BigInt(`0x${e.subarray(0, 16).toString('hex')}`) % 3n);
    k = createHash(['sha256', 'sha384', 'sha512'][modulo]!).update(e).digest();
    if (i >= 63 && e.at(-1)! <= i - 31) return k.subarray(0, 32);
  }
}

interface Encryption {
  /** The encryption dictionary, PDF syntax. */
  dict: string;
  encrypt(bytes: Buffer, number: number): Buffer;
}

function oldEncryption(cipher: Cipher, user: string, owner: string): Encryption {
  const [version, revision, length] = { 'rc4-40': [1, 2, 5], 'rc4-128': [2, 3, 16], 'aes-128': [4, 4, 16] }[
    cipher as 'rc4-40'
  ] as [number, number, number];
  const pad = (text: string) => Buffer.concat([Buffer.from(text, 'latin1'), PAD]).subarray(0, 32);
  const rounds = (first: Buffer) => {
    let key = first;
    for (let i = 0; i < (revision === 2 ? 0 : 50); i += 1) key = md5(key.subarray(0, length));
    return key.subarray(0, length);
  };
  const layers = (key: Buffer, text: Buffer) => {
    let out = arcfour(key, text);
    for (let i = 1; revision > 2 && i < 20; i += 1) out = arcfour(Buffer.from(key.map((o) => o ^ i)), out);
    return out;
  };
  const o = layers(rounds(md5(pad(owner))), pad(user));
  const p = Buffer.alloc(4);
  p.writeInt32LE(PERMISSIONS);
  const key = rounds(md5(pad(user), o, p, ID));
  const u = revision === 2 ? arcfour(key, PAD) : Buffer.concat([layers(key, md5(PAD, ID)), Buffer.alloc(16)]);
  const filters =
    cipher === 'aes-128' ? '/CF <</StdCF <</CFM /AESV2 /Length 16>>>> /StmF /StdCF /StrF /StdCF' : '';
  return {
    dict: `<</Filter /Standard /V ${version} /R ${revision} /Length ${length * 8} /P ${PERMISSIONS} /O <${o.toString('hex')}> /U <${u.toString('hex')}> ${filters}>>`,
    encrypt: (bytes, number) => {
      const place = Buffer.from([number & 255, (number >> 8) & 255, (number >> 16) & 255, 0, 0]);
      const salt = Buffer.from(cipher === 'aes-128' ? 'sAlT' : '');
      const own = md5(key, place, salt).subarray(0, Math.min(16, length + 5));
      return cipher === 'aes-128' ? aes(own, bytes) : arcfour(own, bytes);
    },
  };
}

function newEncryption(cipher: Cipher, user: string, owner: string): Encryption {
  const revision = cipher === 'aes-256-r5' ? 5 : 6;
  const key = randomBytes(32);
  const wrap = (opener: Buffer) =>
    createCipheriv('aes-256-cbc', opener, Buffer.alloc(16)).setAutoPadding(false).update(key);
  const entry = (password: string, extra: Buffer) => {
    const [check, open] = [randomBytes(8), randomBytes(8)];
    const secret = Buffer.from(password, 'utf8');
    return {
      stored: Buffer.concat([hash(revision, secret, check, extra), check, open]),
      wrapped: wrap(hash(revision, secret, open, extra)),
    };
  };
  const forUser = entry(user, Buffer.alloc(0));
  const forOwner = entry(owner, forUser.stored);
  const perms = Buffer.alloc(16, 0xff);
  perms.writeInt32LE(PERMISSIONS);
  perms.write('Tadb', 8, 'latin1');
  const sealed = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(perms);
  const hex = (bytes: Buffer) => `<${bytes.toString('hex')}>`;
  return {
    dict: `<</Filter /Standard /V 5 /R ${revision} /Length 256 /P ${PERMISSIONS} /U ${hex(forUser.stored)} /UE ${hex(forUser.wrapped)} /O ${hex(forOwner.stored)} /OE ${hex(forOwner.wrapped)} /Perms ${hex(sealed)} /CF <</StdCF <</CFM /AESV3 /AuthEvent /DocOpen /Length 32>>>> /StmF /StdCF /StrF /StdCF>>`,
    encrypt: (bytes) => aes(key, bytes),
  };
}

export function encryptionOf(cipher: Cipher, user: string, owner: string): Encryption {
  return cipher.startsWith('aes-256')
    ? newEncryption(cipher, user, owner)
    : oldEncryption(cipher, user, owner);
}

/** The bodies with their literal strings and streams encrypted; all streams must be written with their /Length. */
export function encrypted(bodies: Bodies, { encrypt }: Encryption): Bodies {
  const entries = Object.entries(bodies).map(([key, body]): [string, string] => {
    const number = Number(key);
    const [dict, data] = body.split(/\nstream\n|\nendstream/) as [string, string | undefined];
    const strings = dict.replace(
      /\(([^)]*)\)/g,
      (_, text: string) => `<${encrypt(Buffer.from(text, 'latin1'), number).toString('hex')}>`,
    );
    if (data === undefined) return [key, strings];
    const sealed = encrypt(Buffer.from(data, 'latin1'), number).toString('latin1');
    const sized = strings.replace(/\/Length \d+/, `/Length ${sealed.length}`);
    return [key, `${sized}\nstream\n${sealed}\nendstream`];
  });
  return Object.fromEntries(entries);
}
