/** `signing:` of the configuration file: the agency's key, and what is signed with it. */
import { z } from 'zod';
import { duration, group, path, secret, text } from './leaves.ts';
import { packSentence } from './problems.ts';
import type { SecretSource, SigningConfig } from './types.ts';

const pkcs12 = group({ file: path, password: secret });

const pkcs11 = group({
  module: path,
  token: text(64),
  label: text(100).optional(),
  id: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{2}){1,64}$/, {
      error: packSentence('phải là số thập lục phân, ví dụ "01"', 'must be hexadecimal, such as "01"'),
    })
    .optional(),
  pin: secret,
  certificate: path.nullable().default(null),
  tool: path.default('pkcs11-tool'),
  timeout: duration('5s', '5m').prefault('60s'),
}).refine((value) => (value.label === undefined) !== (value.id === undefined), {
  error: packSentence('cần đúng một trong hai mục: label hoặc id', 'needs exactly one of label and id'),
});

const key = z.union([group({ pkcs12 }), group({ pkcs11 })], {
  error: packSentence(
    'phải là { pkcs12: { file, password } } hoặc { pkcs11: { module, token, label hoặc id, pin } }',
    'must be { pkcs12: { file, password } } or { pkcs11: { module, token, label or id, pin } }',
  ),
});

const millimetres = z.number().refine((value) => value >= 10 && value <= 80, {
  error: packSentence('phải là số milimét từ 10 đến 80', 'must be millimetres from 10 to 80'),
});

const serverUrl = z
  .string()
  .refine(
    (value) => /^https?:\/\/[^/]/.test(value) && URL.canParse(value) && new URL(value).password === '',
    {
      error: packSentence(
        'phải là địa chỉ http:// hoặc https://, không kèm mật khẩu',
        'must be an http:// or https:// address without a password',
      ),
    },
  );

export const signingGroup = group({
  key: key.nullable().default(null),
  chain: z.array(path).default([]),
  issue: z.enum(['auto', 'off']).default('auto'),
  notices: z.boolean().default(false),
  seal: group({ file: path, width: millimetres.nullable().default(null) })
    .nullable()
    .default(null),
  timestamp: group({
    url: serverUrl,
    timeout: duration('1s', '2m').prefault('15s'),
    unreachable: z.enum(['refuse', 'sign']).default('refuse'),
  })
    .nullable()
    .default(null),
}).refine((value) => value.key !== null || !value.notices, {
  path: ['notices'],
  error: packSentence('cần có signing.key để ký thông báo', 'notices cannot be signed without signing.key'),
});

type SigningFile = z.output<typeof signingGroup>;

/** Absolute paths, milliseconds. */
export function assembleSigning(from: SigningFile, absolute: (path: string) => string): SigningConfig {
  const { seal, timestamp } = from;
  return {
    key: from.key === null ? null : assembleKey(from.key, absolute),
    chain: from.chain.map(absolute),
    issue: from.issue,
    notices: from.notices,
    seal: seal === null ? null : { ...seal, file: absolute(seal.file) },
    timestamp:
      timestamp === null
        ? null
        : { url: timestamp.url, timeoutMs: timestamp.timeout, unreachable: timestamp.unreachable },
  };
}

function assembleKey(
  from: NonNullable<SigningFile['key']>,
  absolute: (path: string) => string,
): NonNullable<SigningConfig['key']> {
  const placed = (source: SecretSource): SecretSource =>
    'file' in source ? { file: absolute(source.file) } : source;
  if ('pkcs12' in from)
    return { kind: 'pkcs12', file: absolute(from.pkcs12.file), password: placed(from.pkcs12.password) };
  const { module, token, label, id, pin, certificate, tool, timeout } = from.pkcs11;
  return {
    kind: 'pkcs11',
    module: absolute(module),
    token,
    object: label === undefined ? { id: id! } : { label },
    pin: placed(pin),
    certificate: certificate === null ? null : absolute(certificate),
    // A bare name is looked for where programs are; with a slash it is a path.
    tool: tool.includes('/') ? absolute(tool) : tool,
    timeoutMs: timeout,
  };
}
