/** The first section's page and the count of pages of a legacy .doc ([MS-DOC] 2.6.4, [MS-OLEPS]). */
import type { CompoundFile } from './compound-file.ts';
import { eachProperty } from './doc-properties.ts';
import { type DocStreams, tableAt } from './doc-tables.ts';
import { A4, type Sheet } from './flow.ts';

/** Page size and margins of the first section. */
export function sectionOf(streams: DocStreams): { sheet: Sheet; titlePage: boolean } {
  const sheet = { ...A4 };
  const section = { sheet, titlePage: false };
  const table = tableAt(streams, 6);
  const count = Math.floor((table.length - 4) / 16);
  if (count < 1) return section;
  const at = table.readInt32LE((count + 1) * 4 + 2);
  if (at < 0 || at + 2 > streams.main.length) return section;
  const list = streams.main.subarray(at + 2, at + 2 + streams.main.readUInt16LE(at));
  eachProperty(list, (code, of) => {
    if (code === 0xb01f) sheet.width = Math.max(3_000, of.readUInt16LE(0));
    else if (code === 0xb020) sheet.height = Math.max(3_000, of.readUInt16LE(0));
    else if (code === 0xb021) sheet.left = Math.min(4_000, of.readUInt16LE(0));
    else if (code === 0xb022) sheet.right = Math.min(4_000, of.readUInt16LE(0));
    else if (code === 0x9023) sheet.top = Math.min(4_000, Math.abs(of.readInt16LE(0)));
    else if (code === 0x9024) sheet.bottom = Math.min(4_000, Math.abs(of.readInt16LE(0)));
    else if (code === 0x300a) section.titlePage = of[0] === 1;
  });
  return sheet.left + sheet.right < sheet.width * 0.7 ? section : { ...section, sheet: A4 };
}

/** PIDSI_PAGECOUNT of the summary ([MS-OLEPS]). */
export function pagesOf(file: CompoundFile): number | null {
  const summary = file.read('\x05SummaryInformation');
  if (summary === null || summary.length < 56) return null;
  const section = summary.readUInt32LE(44);
  if (section + 8 > summary.length) return null;
  const count = Math.min(summary.readUInt32LE(section + 4), 100);
  for (let index = 0; index < count; index++) {
    const at = section + 8 + index * 8;
    if (at + 8 > summary.length || summary.readUInt32LE(at) !== 14) continue;
    const value = section + summary.readUInt32LE(at + 4) + 4;
    const pages = value + 4 > summary.length ? 0 : summary.readInt32LE(value);
    return pages > 0 && pages < 100_000 ? pages : null;
  }
  return null;
}
