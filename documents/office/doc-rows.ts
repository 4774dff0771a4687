/** Paragraphs of a legacy .doc → blocks: its tables are paragraphs with cell marks and row marks between them. */
import type { DocParagraph } from './doc-properties.ts';
import type { Block, Cell, Table } from './flow.ts';

/** Paragraphs come one by one; cell marks and row marks make tables of them. Tables in cells are set as plain text. */
export class TableBuilder {
  readonly #blocks: Block[] = [];
  #rows: Cell[][] = [];
  #left = 0;
  #cells: Block[][] = [];
  #cell: Block[] = [];

  add(block: Block): void {
    (this.#cells.length + this.#cell.length > 0 ? this.#cell : this.#blocks).push(block);
  }

  take(dress: DocParagraph, block: Block, sign: string): void {
    if (!dress.inTable) {
      this.#close();
      this.#blocks.push(block);
    } else if (dress.rowEnd) this.#endRow(dress.edges);
    else {
      this.#cell.push(block);
      if (sign === '\x07') {
        this.#cells.push(this.#cell);
        this.#cell = [];
      }
    }
  }

  done(rest: readonly Block[]): Block[] {
    this.#close();
    return [...this.#blocks, ...rest];
  }

  #endRow(edges: readonly number[]): void {
    const usual = 9_000 / Math.max(1, this.#cells.length);
    if (this.#rows.length === 0) this.#left = edges[0] ?? 0;
    this.#rows.push(
      this.#cells.map((blocks, index) => {
        const width = (edges[index + 1] ?? 0) - (edges[index] ?? 0);
        return { width: width > 0 ? width : usual, blocks };
      }),
    );
    this.#cells = [];
    this.#cell = [];
  }

  #close(): void {
    if (this.#cells.length > 0) this.#endRow([]);
    const table: Table = { kind: 'table', left: this.#left, rows: this.#rows };
    if (this.#rows.length > 0) this.#blocks.push(table);
    this.#blocks.push(...this.#cell);
    this.#rows = [];
    this.#cell = [];
  }
}
