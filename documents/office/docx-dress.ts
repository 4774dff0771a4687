/** How a DOCX paragraph or run is dressed: document defaults, then the chain of styles, then its own properties. */
import { type Align, PLAIN_RUN, type Run, type TabStop } from './flow.ts';
import { childOf, childrenOf, type XmlElement } from './xml-tree.ts';

export type RunDress = Omit<Run, 'text'> & { hidden: boolean };

export interface ParagraphDress {
  align: Align;
  left: number;
  right: number;
  first: number;
  before: number;
  after: number;
  pitch: number;
  tabs: TabStop[];
  newPage: boolean;
  list: { id: string; level: number } | null;
}

interface Style {
  basedOn: string | null;
  paragraph: XmlElement | undefined;
  run: XmlElement | undefined;
}

export interface Styles {
  byId: ReadonlyMap<string, Style>;
  /** Style of paragraphs that name none. */
  usual: string | null;
  defaults: Style;
}

/** Styles based on each other in a ring end here. */
const MAX_CHAIN = 20;

/** `root` = w:styles, or undefined when the file has none. */
export function readStyles(root: XmlElement | undefined): Styles {
  const byId = new Map<string, Style>();
  let usual: string | null = null;
  for (const style of childrenOf(root, 'w:style')) {
    const id = style.attributes['w:styleId'] ?? '';
    if (style.attributes['w:type'] === 'paragraph' && isOn(style.attributes['w:default'] ?? '0')) usual = id;
    byId.set(id, {
      basedOn: childOf(style, 'w:basedOn')?.attributes['w:val'] ?? null,
      paragraph: childOf(style, 'w:pPr'),
      run: childOf(style, 'w:rPr'),
    });
  }
  const given = childOf(root, 'w:docDefaults');
  const defaults: Style = {
    basedOn: null,
    paragraph: childOf(childOf(given, 'w:pPrDefault'), 'w:pPr'),
    run: childOf(childOf(given, 'w:rPrDefault'), 'w:rPr'),
  };
  return { byId, usual, defaults };
}

function chainOf(styles: Styles, id: string | null): Style[] {
  const chain: Style[] = [];
  let style = id === null ? undefined : styles.byId.get(id);
  while (style !== undefined && chain.length < MAX_CHAIN) {
    chain.unshift(style);
    style = style.basedOn === null ? undefined : styles.byId.get(style.basedOn);
  }
  return chain;
}

/** `properties` = w:pPr of the paragraph. */
export function paragraphDress(styles: Styles, properties: XmlElement | undefined): ParagraphDress {
  const dress: ParagraphDress = {
    ...{ align: 'left', left: 0, right: 0, first: 0, before: 0, after: 0, pitch: 1 },
    ...{ tabs: [], newPage: false, list: null },
  };
  const chain = chainOf(styles, styleOf(properties) ?? styles.usual).map((style) => style.paragraph);
  for (const layer of [styles.defaults.paragraph, ...chain, properties])
    if (layer !== undefined) dressParagraph(dress, layer);
  return dress;
}

function styleOf(properties: XmlElement | undefined): string | null {
  return childOf(properties, 'w:pStyle')?.attributes['w:val'] ?? null;
}

/** What runs of this paragraph look like before their own properties. */
export function runDressOf(styles: Styles, properties: XmlElement | undefined): RunDress {
  const dress: RunDress = { ...PLAIN_RUN, size: 20, hidden: false };
  const chain = chainOf(styles, styleOf(properties) ?? styles.usual).map((style) => style.run);
  for (const layer of [styles.defaults.run, ...chain]) if (layer !== undefined) dressRun(dress, layer);
  return dress;
}

/** `properties` = w:rPr of the run. */
export function ownRunDress(styles: Styles, base: RunDress, properties: XmlElement | undefined): RunDress {
  if (properties === undefined) return base;
  const dress = { ...base };
  const named = childOf(properties, 'w:rStyle')?.attributes['w:val'] ?? null;
  for (const layer of [...chainOf(styles, named).map((style) => style.run), properties])
    if (layer !== undefined) dressRun(dress, layer);
  return dress;
}

function dressParagraph(dress: ParagraphDress, layer: XmlElement): void {
  for (const { name, attributes, children } of childrenOf(layer)) {
    const value = attributes['w:val'] ?? '';
    if (name === 'w:jc') dress.align = alignOf(value);
    else if (name === 'w:ind') dressIndent(dress, attributes);
    else if (name === 'w:spacing') dressSpacing(dress, attributes);
    else if (name === 'w:pageBreakBefore') dress.newPage = isOn(attributes['w:val'] ?? '1');
    else if (name === 'w:numPr') dress.list = listOf(childrenOf({ name, attributes, children }), dress.list);
    else if (name === 'w:tabs')
      dress.tabs = childrenOf({ name, attributes, children }, 'w:tab')
        .filter((tab) => tab.attributes['w:val'] !== 'clear')
        .map((tab) => ({
          at: twips(tab.attributes['w:pos']) ?? 0,
          align: alignOf(tab.attributes['w:val'] ?? ''),
        }))
        .sort((a, b) => a.at - b.at);
  }
}

function alignOf(value: string): Align {
  if (value === 'center') return 'center';
  return value === 'right' || value === 'end' ? 'right' : 'left';
}

function dressIndent(dress: ParagraphDress, attributes: Record<string, string>): void {
  dress.left = twips(attributes['w:left'] ?? attributes['w:start']) ?? dress.left;
  dress.right = twips(attributes['w:right'] ?? attributes['w:end']) ?? dress.right;
  const hanging = twips(attributes['w:hanging']);
  dress.first = hanging === null ? (twips(attributes['w:firstLine']) ?? dress.first) : -hanging;
}

function dressSpacing(dress: ParagraphDress, attributes: Record<string, string>): void {
  const auto = (which: string) => isOn(attributes[`w:${which}Autospacing`] ?? '0');
  dress.before = auto('before') ? 200 : (twips(attributes['w:before']) ?? dress.before);
  dress.after = auto('after') ? 200 : (twips(attributes['w:after']) ?? dress.after);
  const line = twips(attributes['w:line']);
  if (line === null || line <= 0) return;
  const exact = attributes['w:lineRule'] === 'exact' || attributes['w:lineRule'] === 'atLeast';
  dress.pitch = Math.min(4, exact ? Math.max(1, line / 320) : line / 240);
}

function listOf(children: readonly XmlElement[], before: ParagraphDress['list']): ParagraphDress['list'] {
  const of = (name: string) => children.find((child) => child.name === name)?.attributes['w:val'];
  const id = of('w:numId') ?? before?.id;
  const level = Number(of('w:ilvl') ?? 0);
  return id === undefined || id === '0' ? null : { id, level: Number.isInteger(level) ? level : 0 };
}

function dressRun(dress: RunDress, layer: XmlElement): void {
  for (const { name, attributes } of childrenOf(layer)) {
    const on = () => isOn(attributes['w:val'] ?? '1');
    if (name === 'w:b') dress.bold = on();
    else if (name === 'w:i') dress.italic = on();
    else if (name === 'w:vanish' || name === 'w:specVanish') dress.hidden = on();
    else if (name === 'w:sz')
      dress.size = Math.min(400, Math.max(2, Number(attributes['w:val']) || dress.size));
    else if (name === 'w:rFonts') dress.font = attributes['w:ascii'] ?? attributes['w:hAnsi'] ?? dress.font;
  }
}

export function isOn(value: string): boolean {
  return !['0', 'false', 'off', 'none'].includes(value);
}

/** A measure in twips; null for none. QUIRK: some programs write "0.0" or "283.5". */
export function twips(value: string | undefined): number | null {
  const number = value === undefined ? Number.NaN : Number.parseFloat(value);
  return Number.isFinite(number) ? Math.max(-31_680, Math.min(31_680, number)) : null;
}
