import { expect, test } from 'vitest';
import { shortAbstract } from '../../documents/short-abstract.ts';

test.each([
  ['V/v báo cáo công tác tháng 11', 80, 'Báo cáo công tác tháng 11'],
  ['Về việc: kiện toàn\n Ban Chỉ đạo', 80, 'Kiện toàn Ban Chỉ đạo'],
  ['Kế hoạch phòng, chống thiên tai năm 2026', 24, 'Kế hoạch phòng, chống…'],
  ['Kế hoạch phòng, chống thiên tai', 16, 'Kế hoạch phòng…'],
  ['Kếhoạchphòngchốngthiêntai', 10, 'Kếhoạchph…'],
  ['V/v', 80, 'V/v'],
  ['', 80, ''],
])('T8: %j within %i characters is %j', (abstract, length, expected) => {
  const short = shortAbstract(abstract, length);
  expect(short).toBe(expected);
  expect(short.length).toBeLessThanOrEqual(length);
});
