/** The one door to the `yaml` package: text in, plain value out, with the line of every key; and plain value to text. */
import { isMap, isNode, LineCounter, type ParsedNode, parseDocument, stringify } from 'yaml';
import { CongvanError } from './error.ts';

/** Keys and positions from the top of the file: `['intake', 'imap', 0, 'host']`. */
type YamlPath = (string | number)[];

interface ParsedYaml {
  /** Plain data; an empty file gives null. Dates stay strings (YAML 1.2 core schema). */
  value: unknown;
  /** Line of a key (from 1), or of the value where the path ends in a list; null when the file has no such path. */
  lineOf(path: YamlPath): number | null;
}

/** More bytes than any configuration or directory of a province needs. */
const MAX_CHARS = 8_000_000;

/** Throws `CONFIG_INVALID` naming file and line when the text is not YAML, or repeats a key. */
export function parseYaml(text: string, fileName: string): ParsedYaml {
  if (text.length > MAX_CHARS) throw refuse(fileName, null, 'tệp quá lớn (file is too large)');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  const error = document.errors[0];
  if (error !== undefined) {
    throw refuse(
      fileName,
      error.linePos?.[0].line ?? lines.linePos(error.pos[0]).line,
      firstLine(error.message),
    );
  }
  const root = document.contents;
  return {
    value: plainValue(() => document.toJS({ maxAliasCount: 100 }), fileName),
    lineOf: (path) => offsetToLine(lines, offsetOf(root, path)),
  };
}

/** Aliases are resolved only now; a file that multiplies them without end is refused here. */
function plainValue(read: () => unknown, fileName: string): unknown {
  try {
    return read();
  } catch (cause) {
    throw refuse(fileName, null, cause instanceof Error ? firstLine(cause.message) : String(cause));
  }
}

function offsetToLine(lines: LineCounter, offset: number | null): number | null {
  return offset === null ? null : lines.linePos(offset).line;
}

/** Where the key (in a map) or the item (in a list) at the end of the path begins; null when it is not there. */
function offsetOf(root: ParsedNode | null, path: YamlPath): number | null {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? null;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === String(step));
      if (pair === undefined || !isNode(pair.key)) return null;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
      continue;
    }
    if (!isNode(node) || !('items' in node) || !Array.isArray(node.items)) return null;
    node = node.items[Number(step)];
    if (!isNode(node)) return null;
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}

function refuse(file: string, line: number | null, detail: string): CongvanError {
  const place = line === null ? file : `${file}:${line}`;
  return new CongvanError('CONFIG_INVALID', `${place}: tệp YAML không đọc được: ${detail}`, {
    temporary: false,
    fields: { file, line },
  });
}

/** Plain data as YAML text. */
export function yamlText(value: unknown): string {
  return stringify(value);
}
