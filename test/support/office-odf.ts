/** Small ODT and ODS files. */
import { zipOf } from './office-docx.ts';

const OASIS = 'urn:oasis:names:tc:opendocument:xmlns';
const SPACES = [
  ...['office', 'text', 'table', 'style', 'meta'].map((name) => `xmlns:${name}="${OASIS}:${name}:1.0"`),
  `xmlns:draw="${OASIS}:drawing:1.0" xmlns:fo="${OASIS}:xsl-fo-compatible:1.0" xmlns:svg="${OASIS}:svg-compatible:1.0"`,
].join(' ');

export interface OdfContent {
  /** Inside of office:text or office:spreadsheet. */
  body: string;
  /** Inside of office:automatic-styles. */
  styles?: string;
  pages?: number;
}

export function makeOdf(kind: 'text' | 'spreadsheet', { body, styles = '', pages }: OdfContent): Buffer {
  const document = (name: string, inside: string) =>
    `<?xml version="1.0"?><office:${name} ${SPACES}>${inside}</office:${name}>`;
  const automatic = `<office:automatic-styles>${styles}</office:automatic-styles>`;
  const statistic = `<office:meta><meta:document-statistic meta:page-count="${pages}"/></office:meta>`;
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    'content.xml': document(
      'document-content',
      `${automatic}<office:body><office:${kind}>${body}</office:${kind}></office:body>`,
    ),
    ...(pages === undefined ? {} : { 'meta.xml': document('document-meta', statistic) }),
  });
}
