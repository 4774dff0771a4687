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
  'application/x-ms-shortcut',
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
  const extension = [part.name, part.rawName ?? ''].map(extensionOf).find((e) => extensions.includes(e));
  return extension === undefined ? null : `đuôi .${extension}`;
}

/** As Windows sees it: dots and spaces at the end do not count, nor does anything that cannot be seen. */
function extensionOf(name: string): string {
  const seen = name.replace(/[\p{C}\s]+/gu, ' ').replace(/[. ]+$/, '');
  return /\.([a-z0-9_-]{1,10})$/i.exec(seen)?.[1]?.toLowerCase() ?? '';
}
