/** Octets of base64 text with white space between (XML Schema 3.2.16); null = it is none. */
export function octetsOfBase64(text: string | null): Uint8Array | null {
  if (text === null) return null;
  const dense = text.replace(/[ \t\r\n]+/g, '');
  if (dense.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(dense)) return null;
  return Buffer.from(dense, 'base64');
}
