/** VAL-06: content that is never opened here, told by content first, by name second. */
import type { MailPart } from '../../mail/types.ts';

const EXECUTABLE_TYPES = new Set([
  'application/x-msdownload',
  'application/vnd.microsoft.portable-executable',
  'application/x-elf',
  'application/x-executable',
  'application/x-mach-binary',
  'application/x-sh',
  'application/x-shellscript',
  'text/x-script',
]);

export function blockedParts(parts: MailPart[], extensions: string[]): { part: string; reason: string }[] {
  return parts.flatMap((part) => {
    const reason = whyBlocked(part, extensions);
    return reason === null ? [] : [{ part: part.path, reason }];
  });
}

function whyBlocked(part: MailPart, extensions: string[]): string | null {
  if (EXECUTABLE_TYPES.has(part.detectedType)) return 'tệp thực thi';
  const extension = /\.([a-z0-9]{1,10})$/i.exec(part.name)?.[1]?.toLowerCase();
  if (extension !== undefined && extensions.includes(extension)) return `đuôi .${extension}`;
  return null;
}
