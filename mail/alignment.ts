/** Whether a domain that was proven speaks for the domain in From. */
import { domainToASCII } from 'node:url';

/** Lower-case ASCII domain of an address; '' when it has none. */
export function domainOf(address: string | null): string {
  const domain = (address ?? '').slice((address ?? '').lastIndexOf('@') + 1).replace(/\.$/, '');
  return (address ?? '').includes('@') ? domainToASCII(domain).toLowerCase() : '';
}

/** Second-level names under which strangers register, as in gov.vn. */
const PUBLIC_SECOND = /^(?:ac|biz|co|com|edu|gov|gob|go|health|info|int|mil|name|net|or|org|pro)$/;

/**
 * Alignment where no DMARC record says how strictly: the same domain, or one under the other, with the upper one an
 * organisation's own. Sisters under one organisation are not enough: narrower than RFC 9989 relaxed, on purpose.
 */
export function speaksFor(proven: string, author: string): boolean {
  if (proven === '' || author === '') return false;
  if (proven === author) return true;
  const [longer, upper] = proven.length > author.length ? [proven, author] : [author, proven];
  return longer.endsWith(`.${upper}`) && isOrganisation(upper);
}

function isOrganisation(domain: string): boolean {
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  const needed = top.length === 2 && PUBLIC_SECOND.test(labels.at(-2) ?? '') ? 3 : 2;
  return labels.length >= needed;
}
