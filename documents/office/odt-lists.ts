/** List labels of OpenDocument text: made up from the list's style, standing in no text. */
import { type Level, labelOf } from './list-label.ts';
import { childOf, childrenOf, type XmlElement } from './xml-tree.ts';

const FORMATS: Record<string, string> = {
  '1': 'decimal',
  i: 'lowerRoman',
  I: 'upperRoman',
  a: 'lowerLetter',
  A: 'upperLetter',
};

export interface OdtLists {
  label(style: string, level: number): string;
}

export function odtLists(roots: readonly (XmlElement | undefined)[]): OdtLists {
  const styles = new Map<string, Level[]>();
  for (const root of roots)
    for (const group of ['office:styles', 'office:automatic-styles'])
      for (const style of childrenOf(childOf(root, group), 'text:list-style'))
        styles.set(style.attributes['style:name'] ?? '', childrenOf(style).map(levelOf));
  const counters = new Map<string, number[]>();
  return {
    label: (style, level) => {
      const levels = styles.get(style);
      if (levels?.[level] === undefined) return '';
      const counter = counters.get(style) ?? [];
      counters.set(style, counter);
      return labelOf(levels, counter, level);
    },
  };
}

function levelOf(element: XmlElement): Level {
  const of = element.attributes;
  if (element.name === 'text:list-level-style-bullet')
    return { format: 'bullet', text: of['text:bullet-char'] ?? '-', start: 1 };
  const level = Number(of['text:level'] ?? 1);
  const shown = Math.min(level, Number(of['text:display-levels'] ?? 1) || 1);
  const numbers = Array.from({ length: shown }, (_, index) => `%${level - shown + index + 1}`).join('.');
  const format = FORMATS[of['style:num-format'] ?? ''] ?? 'none';
  const text = `${of['style:num-prefix'] ?? ''}${numbers}${of['style:num-suffix'] ?? ''}`;
  return { format, text, start: Number(of['text:start-value'] ?? 1) || 1 };
}
