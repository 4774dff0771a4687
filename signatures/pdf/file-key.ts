/** The file key of the standard security handler from a password (ISO 32000-2 7.6.4). */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { rc4 } from './rc4.ts';

/** The entries of an encryption dictionary that keys are made from. */
export interface KeyMaterial {
  /** /R: 2 to 6. */
  revision: number;
  /** Octets of the file key. */
  keyLength: number;
  /** /P as it stands. */
  permissions: number;
  owner: Buffer;
  user: Buffer;
  ownerKey: Buffer;
  userKey: Buffer;
  encryptMetadata: boolean;
  /** First string of the trailer's /ID. */
  id: Buffer;
}

const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
/** Longest password of revision 5 and 6, octets. */
const MAX_PASSWORD = 127;

const md5 = (...parts: Uint8Array[]) => createHash('md5').update(Buffer.concat(parts)).digest();
const sha = (bits: number, ...parts: Uint8Array[]) =>
  createHash(`sha${bits}`).update(Buffer.concat(parts)).digest();

function padded(password: string): Buffer {
  return Buffer.concat([Buffer.from(password, 'latin1'), PADDING]).subarray(0, 32);
}

function xored(key: Buffer, value: number): Buffer {
  return Buffer.from(key.map((octet) => octet ^ value));
}

/** Algorithm 2. */
function oldKey(material: KeyMaterial, password: Buffer): Buffer {
  const permissions = Buffer.alloc(4);
  permissions.writeUInt32LE(material.permissions >>> 0);
  const open = material.revision >= 4 && !material.encryptMetadata;
  const mark = open ? Buffer.alloc(4, 0xff) : Buffer.alloc(0);
  let key = md5(password, material.owner.subarray(0, 32), permissions, material.id, mark);
  if (material.revision >= 3) for (let i = 0; i < 50; i += 1) key = md5(key.subarray(0, material.keyLength));
  return key.subarray(0, material.keyLength);
}

/** Algorithm 6: whether the key is that of the user password. */
function oldKeyFits(material: KeyMaterial, key: Buffer): boolean {
  if (material.revision === 2) return rc4(key, PADDING).equals(material.user.subarray(0, 32));
  let check: Buffer = rc4(key, md5(PADDING, material.id));
  for (let i = 1; i <= 19; i += 1) check = rc4(xored(key, i), check);
  return check.equals(material.user.subarray(0, 16));
}

/** Algorithm 7: the padded user password behind an owner password. */
function userBehindOwner(material: KeyMaterial, password: string): Buffer {
  let key = md5(padded(password));
  if (material.revision >= 3) for (let i = 0; i < 50; i += 1) key = md5(key);
  key = key.subarray(0, material.keyLength);
  let user: Buffer = material.owner.subarray(0, 32);
  for (let i = material.revision === 2 ? 0 : 19; i >= 0; i -= 1) user = rc4(xored(key, i), user);
  return user;
}

/** Algorithm 2.B, the slow hash of revision 6; revision 5 is one SHA-256. */
function hardened(revision: number, password: Buffer, salt: Buffer, user: Buffer): Buffer {
  let key = sha(256, password, salt, user);
  if (revision === 5) return key;
  for (let round = 0, last = 0; round < 64 || last > round - 32; round += 1) {
    const block = Buffer.concat([password, key, user]);
    const repeated = Buffer.concat(Array<Buffer>(64).fill(block));
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32));
    const mixed = cipher.setAutoPadding(false).update(repeated);
    const remainder = mixed.subarray(0, 16).reduce((sum, octet) => sum + octet, 0) % 3;
    key = sha([256, 384, 512][remainder]!, mixed);
    last = mixed.at(-1)!;
  }
  return key.subarray(0, 32);
}

/** Algorithm 2.A. */
function newKey(material: KeyMaterial, text: string): Buffer | null {
  const { revision, user, owner } = material;
  const password = Buffer.from(text.normalize('NFKC'), 'utf8').subarray(0, MAX_PASSWORD);
  const none = Buffer.alloc(0);
  for (const [stored, wrapped, extra] of [
    [user, material.userKey, none],
    [owner, material.ownerKey, user.subarray(0, 48)],
  ] as const) {
    if (stored.length < 48 || wrapped.length < 32) continue;
    const check = hardened(revision, password, stored.subarray(32, 40), extra);
    if (!check.equals(stored.subarray(0, 32))) continue;
    const opener = hardened(revision, password, stored.subarray(40, 48), extra);
    const cipher = createDecipheriv('aes-256-cbc', opener, Buffer.alloc(16)).setAutoPadding(false);
    return cipher.update(wrapped.subarray(0, 32));
  }
  return null;
}

/** The file key that a password opens, as user or as owner; null when it does not fit. */
export function fileKey(material: KeyMaterial, password: string): Buffer | null {
  if (material.revision >= 5) return newKey(material, password);
  for (const user of [padded(password), userBehindOwner(material, password)]) {
    const key = oldKey(material, user);
    if (oldKeyFits(material, key)) return key;
  }
  return null;
}
