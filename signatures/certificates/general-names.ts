/** GeneralName (RFC 5280 4.2.1.6): the names in alternative names, name constraints and distribution points. */
import { children, content, type DerNode, isContext, oid, whole } from '../der.ts';
import { type DistinguishedName, readName } from './names.ts';

export type GeneralName =
  | { kind: 'email' | 'dns' | 'uri'; text: string }
  | { kind: 'ip'; octets: Uint8Array }
  | { kind: 'directory'; name: DistinguishedName }
  /** x400Address, ediPartyName, registeredID and other names: only compared byte by byte. `tag` is that of the CHOICE. */
  | { kind: 'other'; tag: number; der: Uint8Array };

/** id-on-SmtpUTF8Mailbox (RFC 9598): an address whose local part is not ASCII. */
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';

function readOtherName(node: DerNode): GeneralName {
  const [id, value] = children(node);
  if (oid(id) !== SMTP_UTF8_MAILBOX || !isContext(value, 0))
    return { kind: 'other', tag: 0, der: whole(node) };
  return { kind: 'email', text: Buffer.from(content(children(value)[0]!)).toString('utf8') };
}

const TEXT_KIND: Record<number, 'email' | 'dns' | 'uri'> = { 1: 'email', 2: 'dns', 6: 'uri' };

/** Throws CongvanError DER_INVALID. */
export function readGeneralName(node: DerNode): GeneralName {
  const kind = TEXT_KIND[node.tag];
  if (kind !== undefined) return { kind, text: Buffer.from(content(node)).toString('latin1') };
  if (node.tag === 0) return readOtherName(node);
  if (node.tag === 4) return { kind: 'directory', name: readName(children(node)[0]) };
  if (node.tag === 7) return { kind: 'ip', octets: content(node) };
  return { kind: 'other', tag: node.tag, der: whole(node) };
}

export function readGeneralNames(node: DerNode): GeneralName[] {
  return children(node).map(readGeneralName);
}

/** Equal keys = the same name; directory names compare as RFC 5280 7.1 asks, the others as they stand. */
export function generalNameKey(name: GeneralName): string {
  if (name.kind === 'directory') return `directory:${name.name.key}`;
  if (name.kind === 'ip') return `ip:${Buffer.from(name.octets).toString('hex')}`;
  if (name.kind === 'other') return `other:${Buffer.from(name.der).toString('hex')}`;
  return `${name.kind}:${name.text}`;
}
