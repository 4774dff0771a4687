import { describe, expect, it } from 'vitest';
import { backoffDelay } from '../../../../gateway/intake/backoff.ts';
import { type TroubleFacts, troubleOf } from '../../../../gateway/intake/imap/trouble.ts';
import { nextTry, Suspicion } from '../../../../gateway/intake/imap/unfetchable.ts';

const facts = (changes: Partial<TroubleFacts>): TroubleFacts => ({
  phase: 'login',
  code: null,
  responseCode: null,
  refused: false,
  text: '',
  ...changes,
});

describe('telling a wrong password from a server that is throttling or away', () => {
  it.each<[string, Partial<TroubleFacts>, string]>([
    [
      'AUTHENTICATIONFAILED',
      { refused: true, responseCode: 'AUTHENTICATIONFAILED', text: 'Authentication failed.' },
      'login-refused',
    ],
    ['NO without a code', { refused: true, text: 'LOGIN failed.' }, 'login-refused'],
    [
      'an expired password',
      { refused: true, responseCode: 'EXPIRED', text: 'Password expired' },
      'login-refused',
    ],
    [
      'UNAVAILABLE',
      { refused: true, responseCode: 'UNAVAILABLE', text: 'Temporary authentication failure.' },
      'throttled',
    ],
    ['INUSE', { refused: true, responseCode: 'INUSE', text: 'Mailbox in use' }, 'throttled'],
    ['LIMIT', { refused: true, responseCode: 'LIMIT', text: 'Too many connections' }, 'throttled'],
    [
      'too many attempts under the code of a wrong password',
      {
        refused: true,
        responseCode: 'AUTHENTICATIONFAILED',
        text: 'Too many login attempts, try again later',
      },
      'throttled',
    ],
    [
      'too many simultaneous connections',
      { refused: true, text: '[ALERT] Too many simultaneous connections. (Failure)' },
      'throttled',
    ],
    ['a line dropped during login', { code: 'EConnectionClosed', text: 'Connection closed' }, 'throttled'],
    ['no answer to the login', { code: 'MAILBOX_TIMEOUT', text: 'LOGIN: no answer in time' }, 'throttled'],
    ['a BYE as a greeting', { phase: 'connect', text: 'Too many connections from your IP' }, 'throttled'],
    [
      'a certificate that is not trusted',
      { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', text: 'self-signed certificate' },
      'unreachable',
    ],
    [
      'a refused connection',
      { phase: 'connect', code: 'ECONNREFUSED', text: 'connect ECONNREFUSED' },
      'unreachable',
    ],
    [
      'a name that is not known',
      { phase: 'connect', code: 'ENOTFOUND', text: 'getaddrinfo ENOTFOUND' },
      'unreachable',
    ],
    [
      'silence instead of a greeting',
      { phase: 'connect', code: 'MAILBOX_TIMEOUT', text: 'no answer' },
      'unreachable',
    ],
    [
      'a line dropped later',
      { phase: 'command', code: 'EConnectionClosed', text: 'Connection closed' },
      'unreachable',
    ],
    [
      'a command without an answer',
      { phase: 'command', code: 'MAILBOX_TIMEOUT', text: 'no answer' },
      'stuck',
    ],
    [
      'a folder that is not there',
      { phase: 'command', refused: true, text: "Mailbox doesn't exist: Den" },
      'stuck',
    ],
    [
      'throttled commands',
      { phase: 'command', code: 'ETHROTTLE', text: 'Request is throttled' },
      'throttled',
    ],
  ])('%s is shown as the last word says', (_name, changes, state) => {
    expect(troubleOf(facts(changes)).state).toBe(state);
  });
});

describe('waiting', () => {
  it('doubles, never beyond the cap, half of it jitter', () => {
    const backoff = { firstMs: 1000, capMs: 60_000 };
    const delays = [1, 2, 3, 7, 1000].map((failures) => backoffDelay(backoff, failures, () => 0.999_999));
    expect(delays).toEqual([1000, 2000, 4000, 60_000, 60_000]);
    expect(backoffDelay(backoff, 3, () => 0)).toBe(2000);
  });

  it('asks for a message that is not given out ever more seldom, and never stops', () => {
    const now = new Date('2026-11-20T02:00:00Z');
    expect(nextTry(1, now)).toBe('2026-11-20T02:00:05.000Z');
    expect(nextTry(4, now)).toBe('2026-11-20T02:15:00.000Z');
    expect(nextTry(500, now)).toBe('2026-11-20T08:00:00.000Z');
  });
});

describe('blaming a message for a dying connection', () => {
  it('takes the same first message, several times in a row', () => {
    const suspicion = new Suspicion();
    suspicion.died(7);
    expect(suspicion.careful).toBe(true);
    suspicion.died(7);
    expect(suspicion.blames(7)).toBe(false);
    suspicion.died(7);
    expect(suspicion.blames(7)).toBe(true);
    expect(suspicion.blames(8)).toBe(false);
  });

  it('forgets when another was first, or when something was kept', () => {
    const suspicion = new Suspicion();
    for (const uid of [7, 7, 8]) suspicion.died(uid);
    expect(suspicion.blames(7) || suspicion.blames(8)).toBe(false);
    suspicion.cleared();
    expect(suspicion.careful).toBe(false);
  });
});
