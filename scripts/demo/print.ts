/** The demo's tables: what became of each letter, the register, the answers, what was issued. */
import { formatTable as table } from '../../bin/output.ts';
import type { House } from '../../gateway/house.ts';
import type { DemoResult } from './main.ts';

const STATES: Record<string, string> = {
  registered: 'đã vào sổ',
  held: 'chờ xử lý',
  frozen: 'cách ly (mật)',
  isolated: 'cách ly (mã độc)',
  noted: 'đã ghi nhận',
  ignored: 'bỏ qua',
};

export async function printDemo(result: DemoResult, house: House): Promise<void> {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  out('\nThư đến và kết quả (letters and what became of them)');
  out(
    table(
      ['', 'Thư', 'Kết quả', 'Số đến', 'Lớp chữ ký', 'Lý do chờ', 'Đã trả lời'],
      result.letters.map((l) => [
        l.ok ? '✓' : '✗',
        l.title,
        STATES[l.state ?? ''] ?? l.state ?? '–',
        l.soDen.join(', '),
        l.verdict ?? '',
        l.reasons.join(', '),
        l.answers.join(' '),
      ]),
    ),
  );
  out('\nSổ đăng ký văn bản đến');
  const den = await house.storage.register.list({ book: 'den' });
  out(
    table(
      ['Ngày đến', 'Số đến', 'Tác giả', 'Số, ký hiệu', 'Ngày văn bản', 'Tên loại và trích yếu'],
      den.map((e) => [
        e.fields['ngayDen'] ?? '',
        String(e.number),
        e.fields['tacGia'] ?? '',
        e.fields['soKyHieu'] ?? '',
        e.fields['ngayVanBan'] ?? '',
        `${e.fields['tenLoai'] ?? ''}: ${e.fields['trichYeu'] ?? ''}`,
      ]),
    ),
  );
  out('\nVăn bản đi và từng nơi nhận');
  const di = (await house.storage.register.list({ book: 'di' }))[0];
  out(
    table(
      ['', 'Số, ký hiệu', 'Nơi nhận', 'Trạng thái'],
      result.transmissions.map((t) => [
        t.state === t.expected ? '✓' : '✗',
        di?.fields['soKyHieu'] ?? '',
        t.recipient,
        t.state,
      ]),
    ),
  );
  const wrong = result.letters.filter((l) => !l.ok).length;
  out(
    `\n${result.ok ? '✓ Tất cả đúng như mong đợi.' : `✗ ${wrong} thư không như mong đợi.`} (${result.ok ? 'All as expected' : 'Not as expected'})`,
  );
  out(`Dữ liệu nằm ở (data): ${result.dataDir}`);
  out(`Xem thêm: bin/congvan register --config ${result.dataDir}/congvan.yaml`);
}
