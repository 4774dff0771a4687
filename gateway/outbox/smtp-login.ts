/** How we log in at the outgoing server: by password, or by access token (XOAUTH2). */
import type { Credentials } from '../intake/secrets.ts';

/**
 * The value that nodemailer's `login` takes.
 *
 * QUIRK: without an `oauth2` object nodemailer falls back to PLAIN, whatever method is named; an empty one keeps
 * XOAUTH2, and our own handler below speaks it.
 */
export function authOf(login: Credentials): Record<string, unknown> {
  const { user } = login;
  return 'accessToken' in login
    ? { user, method: 'XOAUTH2', oauth2: {}, credentials: { user, pass: '' } }
    : { user, credentials: { user, pass: login.password } };
}

interface AuthContext {
  sendCommand(command: string): Promise<{ status: number; response: string }>;
}

/** SASL XOAUTH2; after a 334 challenge an empty line asks for the error in words. */
export function xoauth2(login: { user: string; accessToken: string }) {
  const token = Buffer.from(`user=${login.user}\u0001auth=Bearer ${login.accessToken}\u0001\u0001`).toString(
    'base64',
  );
  return async (context: AuthContext): Promise<void> => {
    let answer = await context.sendCommand(`AUTH XOAUTH2 ${token}`);
    if (answer.status === 334) answer = await context.sendCommand('');
    if (answer.status < 200 || answer.status >= 300) {
      throw Object.assign(new Error('Invalid login'), {
        response: answer.response,
        responseCode: answer.status,
      });
    }
  };
}
