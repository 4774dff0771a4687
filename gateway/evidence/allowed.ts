/** Whom evidence may be asked of: hosts that the administrator listed, and no machine of the inner network by accident. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { EvidenceFetch } from '../../config/types.ts';
import type { EvidenceRequest } from '../../signatures/types.ts';
import { notAllowed } from './failures.ts';

/**
 * Addresses that no public responder has (IANA special-purpose registries, RFC 6890): this machine, private and link-local
 * networks, documentation, multicast. IPv4 addresses written as IPv6 fall under their own rules, NAT64 ones under the last.
 */
const NOT_PUBLIC: [net: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['2001:db8::', 32],
  ['64:ff9b::', 32],
];

const notPublic = new BlockList();
for (const [net, prefix] of NOT_PUBLIC) notPublic.addSubnet(net, prefix, isIPv6(net) ? 'ipv6' : 'ipv4');

export function isPublicAddress(address: string): boolean {
  return !notPublic.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The host of a URL as it is listed: lower case, an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/** How a host is listed: `literally` (then its address may be private), below a listed `domain`, or not at all. */
export function listed(host: string, hosts: string[]): 'literally' | 'domain' | null {
  if (hosts.includes(host)) return 'literally';
  if (isIP(host) !== 0) return null;
  return hosts.some((one) => one.startsWith('*.') && host.endsWith(one.slice(1))) ? 'domain' : null;
}

/** The URL, if it may be asked. Throws EVIDENCE_NOT_ALLOWED with the key that would allow it. */
export function allowedUrl(
  given: string,
  kind: EvidenceRequest['kind'],
  { hosts, issuers }: Pick<EvidenceFetch, 'hosts' | 'issuers'>,
): URL {
  if (!URL.canParse(given)) throw notAllowed(new URL('invalid:/'), 'its address is malformed');
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw notAllowed(url, `only http and https are spoken, not ${url.protocol}`);
  if (kind === 'issuer' && !issuers) throw notAllowed(url, 'set signatures.fetch.issuers: true');
  const host = hostOf(url);
  if (listed(host, hosts) === null) throw notAllowed(url, `add "${host}" to signatures.fetch.hosts`);
  return url;
}

/** Throws EVIDENCE_NOT_ALLOWED when a name that is not listed literally stands for an address that is not public. */
export function checkAddresses(url: URL, addresses: string[], hosts: string[]): void {
  if (listed(hostOf(url), hosts) === 'literally' || addresses.every(isPublicAddress)) return;
  throw notAllowed(url, `its address is private; list "${hostOf(url)}" itself in signatures.fetch.hosts`);
}
