/** Text boxes of DOCX, drawn (DrawingML) or old (VML): their content and where they stand. */
import { childrenOf, findBelow, textOf, type XmlElement } from './xml-tree.ts';

interface PlacedContent {
  content: XmlElement;
  /** Twips from the anchor; null = unknown. */
  x: number | null;
  y: number | null;
  width: number | null;
}

/** EMU in a twip. */
const EMU = 635;

/** Every w:txbxContent within a w:drawing, w:pict or w:object. */
export function frameOf(drawing: XmlElement): PlacedContent[] {
  const place = drawing.name === 'w:drawing' ? drawnPlace(drawing) : null;
  return contentsIn(drawing).map(({ content, shape }) => ({
    content,
    ...(place ?? vmlPlace(shape?.attributes['style'] ?? '')),
  }));
}

function contentsIn(parent: XmlElement, shape?: XmlElement): { content: XmlElement; shape?: XmlElement }[] {
  return childrenOf(parent).flatMap((child) => {
    if (child.name === 'w:txbxContent')
      return [{ content: child, ...(shape === undefined ? {} : { shape }) }];
    if (child.name === 'mc:Fallback') return [];
    return contentsIn(
      child,
      child.name.startsWith('v:') && child.attributes['style'] !== undefined ? child : shape,
    );
  });
}

function drawnPlace(drawing: XmlElement): Omit<PlacedContent, 'content'> {
  const offset = (axis: string) => {
    const found = findBelow(findBelow(drawing, axis), 'wp:posOffset');
    const value = found === undefined ? Number.NaN : Number(textOf(found)) / EMU;
    return Number.isFinite(value) && Math.abs(value) < 20_000 ? value : null;
  };
  const width = Number(findBelow(drawing, 'wp:extent')?.attributes['cx']) / EMU;
  return {
    x: offset('wp:positionH'),
    y: offset('wp:positionV'),
    width: Number.isFinite(width) && width > 0 ? Math.min(width, 20_000) : null,
  };
}

const UNITS: Record<string, number> = { pt: 20, in: 1440, cm: 567, mm: 56.7, px: 15 };

/** `style="margin-left:331.5pt;margin-top:9pt;width:126pt;…"`. */
function vmlPlace(style: string): Omit<PlacedContent, 'content'> {
  const of = (name: string) => {
    const found = new RegExp(`(?:^|;)${name}:(-?[\\d.]{1,9})(pt|in|cm|mm|px)?`).exec(style);
    const value = found === null ? Number.NaN : Number(found[1]) * (UNITS[found[2] ?? 'pt'] ?? 20);
    return Number.isFinite(value) && Math.abs(value) < 20_000 ? value : null;
  };
  return { x: of('margin-left'), y: of('margin-top'), width: of('width') };
}
