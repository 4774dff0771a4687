import { isIP } from 'node:net';

/**
 * True for addresses that never leave the machine. Passwords and letters go without TLS to these only.
 * A name other than `localhost` is not believed, since whoever answers the look-up decides where it leads.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}
