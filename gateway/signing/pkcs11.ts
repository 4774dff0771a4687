/** Keys on tokens, through OpenSC's pkcs11-tool: a process for each act, so that a token maker's library never runs in ours. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { CongvanError } from '../../config/error.ts';
import { readSecret } from '../../config/secret.ts';
import type { SigningKeySource } from '../../config/types.ts';
import { octetString, sequence } from '../../signatures/der-write.ts';
import { DIGEST_OCTETS, digestAlgorithm, type SigningScheme } from '../../signatures/signing/scheme.ts';

type Token = Extract<SigningKeySource, { kind: 'pkcs11' }>;

/** Where the PIN travels: never on the command line, which all users of the machine see. */
const PIN_VARIABLE = 'CONGVAN_TOKEN_PIN';
/** What the tool and the token's library may see of our surroundings; other secrets of the service stay out of it. */
const PASSED_ON = /^(?:PATH|HOME|TMPDIR|LD_LIBRARY_PATH|SOFTHSM2_CONF|OPENSC_CONF|PKCS11_\w+|P11_KIT_\w+)$/;
/** Octets of an answer: a certificate or a signature. */
const MAX_OUTPUT = 256 * 1024;

/**
 * Tokens lock themselves after a few wrong PINs, for good. A PIN that a token refused is not shown to it again by this
 * process: token → digest of the PIN.
 */
const refusedPins = new Map<string, string>();

function digestOf(pin: string): string {
  return createHash('sha256').update(pin).digest('hex');
}

function pinRefused(token: Token): CongvanError {
  return new CongvanError(
    'TOKEN_PIN',
    `Thiết bị ký số «${token.token}» không nhận mã PIN; hãy sửa mã PIN rồi khởi động lại. Không thử lại để tránh khóa thiết bị.`,
    { temporary: false, fields: { token: token.token } },
  );
}

function tokenFailed(token: Token, detail: string, cause?: unknown): CongvanError {
  return new CongvanError(
    'TOKEN_FAILED',
    `Thiết bị ký số «${token.token}» không thực hiện được: ${detail}.`,
    { fields: { token: token.token, detail }, ...(cause === undefined ? {} : { cause }) },
  );
}

/** One act at a time for each token: many know only one session. */
const turns = new Map<string, Promise<unknown>>();

function inTurn<T>(token: Token, act: () => Promise<T>): Promise<T> {
  const key = `${token.module} ${token.token}`;
  const mine = (turns.get(key) ?? Promise.resolve()).then(act, act);
  turns.set(
    key,
    mine.catch(() => undefined),
  );
  return mine;
}

interface Ran {
  code: number | null;
  output: Buffer;
  /** Words of the tool, for telling what went wrong; never shown as they are. */
  words: string;
}

/** Runs the tool; input goes in by pipe. Errors: TOKEN_TOOL (permanent: not installed), TOKEN_FAILED (time). */
function runTool(token: Token, args: string[], input: Uint8Array | null, pin: string | null): Promise<Ran> {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C' };
  for (const [name, value] of Object.entries(process.env)) if (PASSED_ON.test(name)) env[name] = value;
  if (pin !== null) env[PIN_VARIABLE] = pin;
  const place = ['--module', token.module, '--token-label', token.token];
  return new Promise((resolve, reject) => {
    const child = spawn(token.tool, [...place, ...args], {
      env,
      timeout: token.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const output: Buffer[] = [];
    let octets = 0;
    let words = '';
    child.stdout.on('data', (part: Buffer) => {
      octets += part.length;
      if (octets <= MAX_OUTPUT) output.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      if (words.length < 16_384) words += part.toString('latin1');
    });
    child.stdin.on('error', () => undefined); // it ended before it had read everything: its exit code says why
    child.on('error', (cause) => {
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      reject(missing ? toolMissing(token, cause) : tokenFailed(token, 'không chạy được công cụ', cause));
    });
    child.on('close', (code, signal) => {
      if (signal !== null) reject(tokenFailed(token, `không trả lời trong ${token.timeoutMs / 1000} giây`));
      else resolve({ code, output: Buffer.concat(output), words });
    });
    child.stdin.end(input ?? undefined);
  });
}

function toolMissing(token: Token, cause: unknown): CongvanError {
  return new CongvanError('TOKEN_TOOL', `Chưa cài ${token.tool} (gói opensc) để dùng thiết bị ký số.`, {
    temporary: false,
    cause,
    fields: { tool: token.tool },
  });
}

/** The tool's words for a reason (PKCS #11 return values). */
function failureOf(token: Token, { words }: Ran): CongvanError {
  if (/CKR_PIN_(?:INCORRECT|INVALID|LEN_RANGE|LOCKED|EXPIRED)/.test(words)) return pinRefused(token);
  const value = /CKR_[A-Z_]+/.exec(words)?.[0];
  if (/No slot with|no slot|not found|slot.*token/i.test(words) && value === undefined)
    return tokenFailed(token, 'không thấy thiết bị hoặc không thấy khóa trên thiết bị');
  return tokenFailed(token, value ?? 'lỗi không rõ');
}

const objectOf = (token: Token): string[] =>
  'id' in token.object ? ['--id', token.object.id] : ['--label', token.object.label];

/** The certificate on the token, DER. Errors: TOKEN_TOOL, TOKEN_FAILED. */
export function tokenCertificate(token: Token): Promise<Buffer> {
  return inTurn(token, async () => {
    const ran = await runTool(token, ['--read-object', '--type', 'cert', ...objectOf(token)], null, null);
    if (ran.code !== 0 || ran.output.length === 0) throw failureOf(token, ran);
    return ran.output;
  });
}

/** Mechanism, and what it is given: the digest is ours, so that tokens which know no SHA-2 can sign too. */
function mechanismOf(bytes: Uint8Array, scheme: SigningScheme): { args: string[]; input: Uint8Array } {
  const digest = createHash(scheme.digest).update(bytes).digest();
  const hash = scheme.digest.toUpperCase();
  switch (scheme.family) {
    case 'rsa':
      // DigestInfo (RFC 8017 9.2), with the NULL that this one place wants.
      return { args: ['RSA-PKCS'], input: digestInfo(scheme, digest) };
    case 'pss': {
      const salt = String(DIGEST_OCTETS[scheme.digest]);
      const pss = ['--hash-algorithm', hash, '--mgf', `MGF1-${hash}`, '--salt-len', salt];
      return { args: ['RSA-PKCS-PSS', ...pss], input: digest };
    }
    case 'ecdsa':
      return { args: ['ECDSA', '--signature-format', 'sequence'], input: digest };
    default:
      return { args: ['EDDSA'], input: bytes };
  }
}

function digestInfo(scheme: SigningScheme, digest: Uint8Array): Buffer {
  const algorithm = digestAlgorithm(scheme.digest).subarray(2);
  return sequence(sequence(algorithm, Buffer.of(5, 0)), octetString(digest));
}

/** A signature over `bytes` by the key on the token. Errors: TOKEN_PIN, TOKEN_TOOL (permanent), TOKEN_FAILED, SECRET_MISSING. */
export function signOnToken(token: Token, bytes: Uint8Array, scheme: SigningScheme): Promise<Buffer> {
  return inTurn(token, async () => {
    const pin = readSecret(token.pin);
    const name = `${token.module} ${token.token}`;
    if (refusedPins.get(name) === digestOf(pin)) throw pinRefused(token);
    const { args, input } = mechanismOf(bytes, scheme);
    const login = ['--login', '--pin', `env:${PIN_VARIABLE}`];
    const ran = await runTool(
      token,
      [...login, '--sign', ...objectOf(token), '--mechanism', ...args],
      input,
      pin,
    );
    if (ran.code === 0 && ran.output.length > 0) return ran.output;
    const failure = failureOf(token, ran);
    if (failure.code === 'TOKEN_PIN') refusedPins.set(name, digestOf(pin));
    throw failure;
  });
}
