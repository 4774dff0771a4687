/** Addresses as reports write them: with a type in front, in angle brackets, in the middle of a sentence. */

const ADDRESS_TEXT = String.raw`[^\s<>()\[\]:;,"'|\\@]{1,64}@[^\s<>()\[\]:;,"'|\\@/]{1,253}`;
const ONE = new RegExp(ADDRESS_TEXT, 'u');
const EVERY = new RegExp(ADDRESS_TEXT, 'gu');

/**
 * The address of a recipient field (`rfc822; <a@b>`, `utf-8; …`), in lower case; null when there is none.
 * QUIRK: Exim names the pipe or file of an alias here; the address in it is taken.
 */
export function fieldAddress(value: string | undefined): string | null {
  const text = (value ?? '').replace(/^[\w-]{1,20}[ \t]*;/, '').slice(0, 1000);
  return addressIn(decodedXtext(text));
}

/** The first address in a text, without the punctuation of the sentence around it; null when there is none. */
export function addressIn(text: string): string | null {
  const found = ONE.exec(text)?.[0];
  return found === undefined ? null : tidy(found);
}

/** At most 100 addresses, each once. */
export function addressesIn(text: string): string[] {
  return [...new Set((text.match(EVERY) ?? []).slice(0, 100).map(tidy))];
}

/** All in lower case: servers change the case of what they report, and no office has two boxes that differ in it only. */
function tidy(address: string): string {
  return address
    .replace(/^[*`.]+/, '')
    .replace(/[.!?…*]+$/u, '')
    .toLowerCase();
}

/** RFC 3461 section 4: `+2B` for a plus sign; only this one is seen, as ours is the only address that has it. */
function decodedXtext(text: string): string {
  return text.replace(/\+(2B|3D)/g, (_, code: string) => (code === '2B' ? '+' : '='));
}
