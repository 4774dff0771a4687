/** Small DOCX files, part by part. */
import { makeZip } from '../../scripts/province/zip.ts';

const W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const R = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SPACES = [
  `xmlns:w="${W}" xmlns:r="${R}"`,
  'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"',
  'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"',
  'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"',
  'xmlns:v="urn:schemas-microsoft-com:vml"',
].join(' ');

export interface DocxParts {
  /** Inside of w:body. */
  body: string;
  /** Inside of w:styles. */
  styles?: string;
  /** Inside of w:numbering. */
  numbering?: string;
  /** Inside of w:hdr; referred to as rId1. */
  header?: string;
  /** Pages in docProps/app.xml. */
  pages?: number;
  /** Whole parts, in place of what is made. */
  raw?: Record<string, string | Uint8Array>;
}

export function makeDocx({ body, styles, numbering, header, pages, raw = {} }: DocxParts): Buffer {
  const part = (name: string, inside: string) =>
    `<?xml version="1.0"?><w:${name} ${SPACES}>${inside}</w:${name}>`;
  const parts: Record<string, string | Uint8Array> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'word/document.xml': part('document', `<w:body>${body}</w:body>`),
  };
  if (styles !== undefined) parts['word/styles.xml'] = part('styles', styles);
  if (numbering !== undefined) parts['word/numbering.xml'] = part('numbering', numbering);
  if (header !== undefined) {
    parts['word/header1.xml'] = part('hdr', header);
    parts['word/_rels/document.xml.rels'] =
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${R}/header" Target="header1.xml"/></Relationships>`;
  }
  if (pages !== undefined)
    parts['docProps/app.xml'] =
      `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Pages>${pages}</Pages></Properties>`;
  return zipOf({ ...parts, ...raw });
}

export function zipOf(parts: Record<string, string | Uint8Array>): Buffer {
  return makeZip(Object.entries(parts).map(([name, content]) => ({ name, content: Buffer.from(content) })));
}

/** A paragraph; `properties` = inside of w:pPr, `dress` = inside of w:rPr of its one run. */
export function p(text: string, properties = '', dress = ''): string {
  return `<w:p><w:pPr>${properties}</w:pPr><w:r><w:rPr>${dress}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

export const CENTRE = '<w:jc w:val="center"/>';
export const BOLD = '<w:b/>';

/** A table without borders; each cell is the inside of a w:tc. */
export function table(widths: number[], rows: string[][]): string {
  const grid = widths.map((width) => `<w:gridCol w:w="${width}"/>`).join('');
  const cells = (row: string[]) => row.map((cell) => `<w:tc><w:tcPr/>${cell}</w:tc>`).join('');
  return `<w:tbl><w:tblPr/><w:tblGrid>${grid}</w:tblGrid>${rows.map((row) => `<w:tr>${cells(row)}</w:tr>`).join('')}</w:tbl>`;
}
