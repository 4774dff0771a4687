/** Numbers and dashes that Word puts before list paragraphs: they stand in no run, but on the page they are read. */
import { type Level, labelOf } from './list-label.ts';
import { childOf, childrenOf, type XmlElement } from './xml-tree.ts';

export interface Lists {
  /** Label of the next paragraph of that list and level, '' for none. */
  label(id: string, level: number): string;
}

/** `root` = w:numbering. */
export function readLists(root: XmlElement | undefined): Lists {
  const abstracts = new Map(
    childrenOf(root, 'w:abstractNum').map((one) => [one.attributes['w:abstractNumId'] ?? '', levelsOf(one)]),
  );
  const byId = new Map(
    childrenOf(root, 'w:num').map((one) => [
      one.attributes['w:numId'] ?? '',
      childOf(one, 'w:abstractNumId')?.attributes['w:val'] ?? '',
    ]),
  );
  const counters = new Map<string, number[]>();
  return {
    label: (id, level) => {
      const abstract = byId.get(id) ?? '';
      const levels = abstracts.get(abstract);
      if (levels?.[level] === undefined) return '';
      const counter = counters.get(abstract) ?? [];
      counters.set(abstract, counter);
      return labelOf(levels, counter, level);
    },
  };
}

function levelsOf(abstract: XmlElement): Level[] {
  return childrenOf(abstract, 'w:lvl').map((level) => ({
    format: childOf(level, 'w:numFmt')?.attributes['w:val'] ?? 'decimal',
    text: childOf(level, 'w:lvlText')?.attributes['w:val'] ?? '',
    start: Number(childOf(level, 'w:start')?.attributes['w:val'] ?? 1) || 0,
  }));
}
