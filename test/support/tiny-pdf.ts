/** The smallest PDFs that carry Vietnamese text: no font program, only widths and a map to Unicode. For reading, not for looking at. */

export interface TinyText {
  text: string;
  /** Points from the left and the bottom of an A4 page. */
  x: number;
  y: number;
  /** Points; 13 unless told. */
  size?: number;
  bold?: boolean;
  /** Drawn by a widget annotation, as signing tools draw số and ngày. */
  stamp?: boolean;
}

/** Each letter is half its size wide. */
export function tinyPdf(
  pages: readonly (readonly TinyText[])[],
  options: { signature?: boolean; picture?: boolean } = {},
): Buffer {
  const objects: string[] = ['', ''];
  const add = (body: string) => objects.push(body);
  const fonts = ['TimesNewRoman', 'TimesNewRoman,Bold'].map((name) => font(add, name));
  const resources = `<</Font<</F0 ${fonts[0]} 0 R/F1 ${fonts[1]} 0 R>>${options.picture ? `/XObject<</P ${picture(add)} 0 R>>` : ''}>>`;
  const fields: number[] = [];
  const kids = pages.map((texts) => {
    const drawn = texts
      .filter((text) => !text.stamp)
      .map(show)
      .join('\n');
    const content = add(stream(`${options.picture ? 'q 595 0 0 842 0 0 cm /P Do Q\n' : ''}${drawn}`));
    const widgets = texts.filter((text) => text.stamp).map((text) => widget(add, text, resources));
    fields.push(...widgets);
    const annotations = `/Annots[${widgets.map((widget) => `${widget} 0 R`).join(' ')}]`;
    return add(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents ${content} 0 R/Resources${resources}${annotations}>>`,
    );
  });
  if (options.signature) fields.push(signature(add));
  objects[0] = `<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[${fields.map((field) => `${field} 0 R`).join(' ')}]/SigFlags 3>>>>`;
  objects[1] = `<</Type/Pages/Kids[${kids.map((kid) => `${kid} 0 R`).join(' ')}]/Count ${kids.length}>>`;
  return assemble(objects);
}

type Add = (body: string) => number;

function font(add: Add, name: string): number {
  const map =
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end';
  const descriptor = `<</Type/FontDescriptor/FontName/${name.replace(',', '#2C')}/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>`;
  const cid = `<</Type/Font/Subtype/CIDFontType2/BaseFont/${name.replace(',', '#2C')}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500/FontDescriptor ${add(descriptor)} 0 R>>`;
  return add(
    `<</Type/Font/Subtype/Type0/BaseFont/${name.replace(',', '#2C')}/Encoding/Identity-H/DescendantFonts[${add(cid)} 0 R]/ToUnicode ${add(stream(map))} 0 R>>`,
  );
}

function hex(text: string): string {
  return [...Array(text.length).keys()]
    .map((at) => text.charCodeAt(at).toString(16).padStart(4, '0'))
    .join('');
}

function show({ text, x, y, size = 13, bold = false }: TinyText): string {
  return `BT /F${bold ? 1 : 0} ${size} Tf ${x} ${y} Td <${hex(text)}> Tj ET`;
}

function widget(add: Add, text: TinyText, resources: string): number {
  const size = text.size ?? 13;
  const width = text.text.length * size;
  const drawn = stream(
    show({ ...text, x: 0, y: size * 0.3 }),
    `/Type/XObject/Subtype/Form/BBox[0 0 ${width} ${size * 1.5}]/Resources${resources}`,
  );
  const rectangle = `[${text.x} ${text.y - size * 0.3} ${text.x + width} ${text.y + size * 1.2}]`;
  return add(
    `<</Type/Annot/Subtype/Widget/FT/Sig/T(S${text.x})/F 4/Rect${rectangle}/AP<</N ${add(drawn)} 0 R>>>>`,
  );
}

function signature(add: Add): number {
  const value = add(
    '<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 10 20 10]/Contents<00>>>',
  );
  return add(`<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig1)/F 2/Rect[0 0 0 0]/V ${value} 0 R>>`);
}

function picture(add: Add): number {
  return add(
    stream('\u0080', '/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray'),
  );
}

function stream(body: string, entries = ''): string {
  return `<<${entries}/Length ${Buffer.byteLength(body, 'latin1')}>>stream\n${body}\nendstream`;
}

function assemble(objects: readonly string[]): Buffer {
  let out = '%PDF-1.7\n';
  const places = objects.map((body, index) => {
    const place = out.length;
    out += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${out.length}\n%%EOF\n`;
  return Buffer.from(out, 'latin1');
}
