/** Styles of OpenDocument text: named and automatic ones, each based on its parent; lengths in any unit. */
import { type Align, type Paragraph, PLAIN_RUN, paragraph, type Run, type TabStop } from './flow.ts';
import { childOf, childrenOf, type XmlElement } from './xml-tree.ts';

export type OdtRun = Omit<Run, 'text'> & { hidden: boolean };
type OdtParagraph = Omit<Paragraph, 'kind' | 'runs'>;

export interface OdtStyles {
  paragraph(name: string | undefined): { paragraph: OdtParagraph; run: OdtRun };
  /** A text style over what is already worn. */
  run(name: string | undefined, over: OdtRun): OdtRun;
  columnWidth(name: string | undefined): number | null;
}

const MAX_CHAIN = 20;

/** `roots` = office:document-content and office:document-styles, whichever there are. */
export function odtStyles(roots: readonly (XmlElement | undefined)[]): OdtStyles {
  const groups = roots.flatMap((root) =>
    ['office:styles', 'office:automatic-styles'].map((name) => childOf(root, name)),
  );
  const byName = new Map<string, XmlElement>();
  for (const style of groups.flatMap((group) => childrenOf(group)))
    if (style.name === 'style:style' || style.name === 'style:default-style')
      byName.set(`${style.attributes['style:family']} ${style.attributes['style:name'] ?? ''}`, style);
  const fonts = fontFaces(roots);
  const chain = (family: string, name: string | undefined): XmlElement[] => {
    const found: XmlElement[] = [];
    let style = byName.get(`${family} ${name ?? 'Standard'}`);
    while (style !== undefined && found.length < MAX_CHAIN) {
      found.unshift(style);
      const parent = style.attributes['style:parent-style-name'];
      style = parent === undefined ? undefined : byName.get(`${family} ${parent}`);
    }
    return found;
  };
  const usual = byName.get('paragraph ');
  return {
    paragraph: (name) => {
      const layers = [...(usual === undefined ? [] : [usual]), ...chain('paragraph', name)];
      return {
        paragraph: layers.reduce(dressParagraph, plainParagraph()),
        run: layers.reduce<OdtRun>((run, layer) => dressRun(run, layer, fonts), {
          ...PLAIN_RUN,
          size: 24,
          hidden: false,
        }),
      };
    },
    run: (name, over) =>
      name === undefined
        ? over
        : chain('text', name).reduce<OdtRun>((run, layer) => dressRun(run, layer, fonts), over),
    columnWidth: (name) => {
      const style = byName.get(`table-column ${name ?? ''}`);
      return lengthOf(childOf(style, 'style:table-column-properties')?.attributes['style:column-width']);
    },
  };
}

function plainParagraph(): OdtParagraph {
  const { kind: _kind, runs: _runs, ...rest } = paragraph([]);
  return rest;
}

function fontFaces(roots: readonly (XmlElement | undefined)[]): ReadonlyMap<string, string> {
  const faces = roots.flatMap((root) => childrenOf(childOf(root, 'office:font-face-decls')));
  return new Map(
    faces.map((face) => {
      const family = face.attributes['svg:font-family'] ?? '';
      return [face.attributes['style:name'] ?? '', family.replace(/^['"]|['"]$/g, '')] as const;
    }),
  );
}

function dressParagraph(over: OdtParagraph, style: XmlElement): OdtParagraph {
  const properties = childOf(style, 'style:paragraph-properties');
  if (properties === undefined) return over;
  const of = properties.attributes;
  const line = /^(\d{2,3})(?:\.\d+)?%$/.exec(of['fo:line-height'] ?? '');
  const tabs = childOf(properties, 'style:tab-stops');
  return {
    align: alignOf(of['fo:text-align']) ?? over.align,
    left: lengthOf(of['fo:margin-left']) ?? over.left,
    right: lengthOf(of['fo:margin-right']) ?? over.right,
    first: lengthOf(of['fo:text-indent']) ?? over.first,
    before: lengthOf(of['fo:margin-top']) ?? over.before,
    after: lengthOf(of['fo:margin-bottom']) ?? over.after,
    pitch: line === null ? over.pitch : Math.min(4, Math.max(0.7, Number(line[1]) / 100)),
    tabs: tabs === undefined ? over.tabs : childrenOf(tabs).map(tabOf),
    newPage: of['fo:break-before'] === undefined ? over.newPage : of['fo:break-before'] === 'page',
  };
}

function tabOf(tab: XmlElement): TabStop {
  return {
    at: lengthOf(tab.attributes['style:position']) ?? 0,
    align: alignOf(tab.attributes['style:type']) ?? 'left',
  };
}

function alignOf(value: string | undefined): Align | null {
  if (value === undefined) return null;
  if (value === 'center') return 'center';
  return value === 'end' || value === 'right' ? 'right' : 'left';
}

function dressRun(over: OdtRun, style: XmlElement, fonts: ReadonlyMap<string, string>): OdtRun {
  const of = childOf(style, 'style:text-properties')?.attributes;
  if (of === undefined) return over;
  const weight = of['fo:font-weight'];
  const size = /^(\d+(?:\.\d+)?)pt$/.exec(of['fo:font-size'] ?? '');
  const named = of['style:font-name'];
  return {
    bold: weight === undefined ? over.bold : weight === 'bold' || Number(weight) >= 600,
    italic: of['fo:font-style'] === undefined ? over.italic : of['fo:font-style'] !== 'normal',
    font: named === undefined ? (of['fo:font-family'] ?? over.font) : (fonts.get(named) ?? named),
    size: size === null ? over.size : Math.min(400, Math.max(2, Number(size[1]) * 2)),
    hidden: of['text:display'] === undefined ? over.hidden : of['text:display'] === 'none',
  };
}

const UNITS: Record<string, number> = { cm: 567, mm: 56.7, in: 1440, pt: 20, pc: 240, px: 15 };

/** "1.5cm" in twips; null for percentages and nothing. */
export function lengthOf(value: string | undefined): number | null {
  const found = /^(-?\d+(?:\.\d+)?)(cm|mm|in|pt|pc|px)$/.exec(value ?? '');
  if (found === null) return null;
  return Math.max(-31_680, Math.min(31_680, Number(found[1]) * UNITS[found[2]!]!));
}
