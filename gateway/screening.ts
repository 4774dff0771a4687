/** VAL-08: every file through the virus scanner, the message whole first (the scanner opens MIME and archives itself). */
import { CongvanError } from '../config/error.ts';
import type { Screening } from '../handlers/types.ts';
import type { MailPart } from '../mail/types.ts';
import type { ByteStore } from '../storage/types.ts';
import { type ClamdAddress, scanFile } from './clamav.ts';

type Scan = (sha256: string, parts: MailPart[]) => Promise<Screening['virus']>;

/**
 * The scan of one letter. Throws a temporary `SCANNER_UNREACHABLE`: a letter that could not be looked at waits, it never
 * passes. Parts are scanned too: what we decode (TNEF) the scanner may not know how to open.
 */
export function virusScan(clamd: ClamdAddress | null, bytes: ByteStore): Scan {
  if (clamd === null) return async () => ({ status: 'not-configured', name: null, part: null });
  return async (sha256, parts) => {
    let tooLarge: Screening['virus'] | null = null;
    for (const { path, file } of filesToScan(sha256, parts)) {
      const found = await scanFile(clamd, bytes.pathOf(file));
      if (found.status === 'unreachable') {
        throw new CongvanError('SCANNER_UNREACHABLE', `virus scanner: ${found.detail ?? 'no answer'}`, {
          temporary: true,
        });
      }
      if (found.status === 'infected') return { status: 'infected', name: found.name, part: path };
      if (found.status === 'too-large') tooLarge = { status: 'too-large', name: null, part: path };
    }
    return tooLarge ?? { status: 'clean', name: null, part: null };
  };
}

function filesToScan(sha256: string, parts: MailPart[]): { path: string | null; file: string }[] {
  const whole = { path: null, file: sha256 };
  return [
    whole,
    ...parts.filter((p) => !p.encrypted && p.size > 0).map((p) => ({ path: p.path, file: p.sha256 })),
  ];
}
