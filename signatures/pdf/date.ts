const PDF_DATE = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?)?/;

/** D:YYYYMMDDHHmmSSOHH'mm' (ISO 32000-2 7.9.4) as ISO 8601 UTC; without offset taken as UTC; null when malformed. */
export function pdfDate(text: string | null): string | null {
  const match = PDF_DATE.exec(text ?? '');
  if (match === null) return null;
  const part = (index: number, otherwise: number) => Number(match[index] ?? otherwise);
  const local = Date.UTC(part(1, 0), part(2, 1) - 1, part(3, 1), part(4, 0), part(5, 0), part(6, 0));
  const offset = (part(8, 0) * 60 + part(9, 0)) * (match[7] === '-' ? -1 : 1);
  const at = new Date(local - offset * 60_000);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
