import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CongvanError } from '../../config/error.ts';
import type { House } from '../../gateway/house.ts';
import { openJudge } from '../../gateway/judging/judge.ts';
import type { EntryFile } from '../../handlers/types.ts';
import { type ProofFile, readProofFile } from '../../signatures/proof-file.ts';
import type { EntryRow } from '../../storage/types.ts';
import { type Command, type Invocation, noMore, readArguments, required, withHouse } from '../command.ts';

/** `congvan proof`: the verdicts kept with a register entry, judged again with nothing but what was believed then. */
export const command: Command = {
  help: {
    vi: `
congvan proof MÃ-DÒNG-SỔ [--out THƯ-MỤC] [--json]

Kết luận chữ ký số đã lưu cùng dòng sổ, và kết luận khi kiểm tra lại tệp chỉ bằng những căn cứ đã lưu (chứng thư, thông tin
thu hồi, dấu thời gian), nên cho cùng kết quả cả khi đơn vị cấp chứng thư không còn.
--out  ghi văn bản và tệp chứng minh ra thư mục này
`,
    en: `
congvan proof ENTRY [--out DIR] [--json]

The verdicts on signatures kept with a register entry, and the verdict when the file is judged again with nothing but what
was believed then (certificates, revocation answers, time stamps): the same even when the authorities are gone.
--out  writes document and proof into this folder
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, { out: { type: 'string' } });
    noMore(call, positionals, 1);
    const id = required(call, 'MÃ-DÒNG-SỔ / ENTRY', positionals[0]);
    return withHouse(call, values.config, (house) => prove(call, house, id, values.out ?? null));
  },
};

/** The proof of a file stands right behind it (handlers/entry.ts). */
function pairsOf(entry: EntryRow): { file: EntryFile; proof: EntryFile }[] {
  return entry.files.flatMap((proof, index) => {
    const file = entry.files[index - 1];
    return proof.role === 'proof' && file !== undefined ? [{ file, proof }] : [];
  });
}

async function prove(call: Invocation, house: House, id: string, out: string | null): Promise<number> {
  const entry = await house.storage.register.get(id);
  if (entry === null)
    throw new CongvanError(
      'NOT_FOUND',
      `Không tìm thấy dòng sổ «${id}»; mã dòng sổ có dạng e-000001 (xem «congvan register»).`,
      { temporary: false, fields: { id } },
    );
  const { bytes } = house.storage;
  let differing = 0;
  for (const { file, proof } of pairsOf(entry)) {
    const content = await keptBytes(bytes.pathOf(file.sha256), file);
    const proofBytes = await keptBytes(bytes.pathOf(proof.sha256), proof);
    const kept = readProofFile(proofBytes);
    const again = await judgeAgain(content, kept);
    const same = again === kept.report.conclusion && kept.report.file === file.sha256;
    if (!same) differing += 1;
    const { conclusion, sentence } = kept.report;
    call.out.record({ file: file.name, sha256: file.sha256, kept: conclusion, again, same, sentence });
    call.out.line(
      `${same ? '✓' : '✗'} ${file.name}: ${conclusion}${same ? '' : ` → ${again}`}\n  ${sentence}`,
    );
    if (out !== null) {
      put(out, file.name, content);
      put(out, proof.name, proofBytes);
    }
  }
  if (pairsOf(entry).length === 0)
    call.out.note(
      call.lang === 'vi'
        ? 'Dòng sổ này không có văn bản ký số, nên không có chứng minh kết luận.'
        : 'This entry has no signed document, so no proof of a verdict.',
    );
  return differing === 0 ? 0 : 1;
}

/** Bytes are named by their hash: what was exchanged on the disk is nobody's document and proves nothing. */
async function keptBytes(path: string, { name, sha256 }: EntryFile): Promise<Buffer> {
  const content = await readFile(path).catch(() => null);
  if (content === null)
    throw new CongvanError(
      'BYTES_MISSING',
      `Tệp “${name}” không còn trong kho dữ liệu; hãy khôi phục từ bản sao lưu.`,
      { temporary: false, fields: { sha256 } },
    );
  if (createHash('sha256').update(content).digest('hex') === sha256) return content;
  throw new CongvanError(
    'BYTES_CHANGED',
    `Tệp “${name}” trong kho dữ liệu đã bị thay đổi (SHA-256 không khớp sổ); hãy khôi phục từ bản sao lưu.`,
    { temporary: false, fields: { sha256 } },
  );
}

function put(folder: string, name: string, content: Uint8Array): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, basename(name)), content);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CongvanError('FILE_UNWRITABLE', `Không ghi được vào thư mục ${folder} (${code ?? 'lỗi'}).`, {
      temporary: false,
      cause,
    });
  }
}

/** In the sandbox, like every file: who sent it has not changed. */
async function judgeAgain(content: Uint8Array, kept: ProofFile): Promise<string> {
  const judge = openJudge({ trust: () => kept.trust, processes: 1 });
  try {
    return (await judge.judge({ bytes: content }, { ...kept.rules, sha256: kept.report.file })).conclusion;
  } finally {
    await judge.close();
  }
}
