/** Paragraphs, cells and rows of RTF as they come → blocks. */
import { type Block, type Cell, paragraph, type Run } from './flow.ts';
import { freshParagraph } from './rtf-dress.ts';

/** One column of text being read: the document, a text box, a header. */
export class Story {
  readonly blocks: Block[] = [];
  runs: Run[] = [];
  properties = freshParagraph();
  #rows: Cell[][] = [];
  #cells: Block[][] = [];
  #cell: Block[] = [];
  #left = 0;
  /** Right edges of the cells of the row, and its left one. */
  edges: number[] = [];
  left = 0;

  endParagraph(size: number): void {
    const { inTable, tabAlign: _tab, ...rest } = this.properties;
    if (this.runs.length === 0) this.runs.push({ text: '', bold: false, italic: false, font: null, size });
    if (!inTable) this.#closeTable();
    (inTable ? this.#cell : this.blocks).push(paragraph(this.runs, rest));
    this.runs = [];
    this.properties = { ...this.properties, newPage: false };
  }

  add(block: Block): void {
    (this.properties.inTable ? this.#cell : this.blocks).push(block);
  }

  endCell(size: number): void {
    this.properties.inTable = true;
    this.endParagraph(size);
    this.#cells.push(this.#cell);
    this.#cell = [];
  }

  endRow(): void {
    if (this.#rows.length === 0) this.#left = this.left;
    const usual = 9_000 / Math.max(1, this.#cells.length);
    this.#rows.push(
      this.#cells.map((blocks, index) => {
        const width = (this.edges[index] ?? 0) - (index === 0 ? this.left : (this.edges[index - 1] ?? 0));
        return { width: width > 0 ? width : usual, blocks };
      }),
    );
    this.#cells = [];
    this.#cell = [];
  }

  end(size: number): Block[] {
    if (this.runs.length > 0) this.endParagraph(size);
    this.#closeTable();
    return this.blocks;
  }

  #closeTable(): void {
    if (this.#cells.length > 0) this.endRow();
    if (this.#rows.length > 0) this.blocks.push({ kind: 'table', left: this.#left, rows: this.#rows });
    this.blocks.push(...this.#cell);
    this.#rows = [];
    this.#cell = [];
  }
}
