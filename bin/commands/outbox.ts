import type { TransmissionState } from '../../handlers/types.ts';
import {
  type Command,
  type Invocation,
  noMore,
  oneOf,
  readArguments,
  required,
  requireStaff,
  usage,
  wholeNumber,
  withHouse,
} from '../command.ts';
import { shorten, vietnamTime } from '../output.ts';

/** `congvan outbox`: nothing is sent blindly; what is uncertain is settled by a person (DESIGN, invariant 3). */
export const command: Command = {
  help: {
    vi: `
congvan outbox [list] [--state TRẠNG-THÁI] [--limit N] [--json]
congvan outbox resend MÃ --by NGƯỜI
congvan outbox settle MÃ --sent|--not-sent --by NGƯỜI [--note GHI-CHÚ]

Trạng thái: due, sending, accepted, delivered, acknowledged, returned, failed, uncertain, fenced.
resend  gửi lại một lượt gửi đã thất bại (failed); vẫn giữ nguyên Message-ID và nội dung
settle  kết luận một lượt gửi «uncertain» (mất kết nối sau khi đã truyền xong nội dung), sau khi đã hỏi nơi nhận:
        --sent nơi nhận đã có; --not-sent nơi nhận không có, hệ thống sẽ gửi lại
`,
    en: `
congvan outbox [list] [--state STATE] [--limit N] [--json]
congvan outbox resend ID --by PERSON
congvan outbox settle ID --sent|--not-sent --by PERSON [--note TEXT]

States: due, sending, accepted, delivered, acknowledged, returned, failed, uncertain, fenced.
resend  tries a failed transmission again, with the same Message-ID and content
settle  decides an uncertain one (the connection broke after the content was given) once the recipient was asked:
        --sent they have it; --not-sent they do not, and it is sent again
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      state: { type: 'string' },
      limit: { type: 'string' },
      by: { type: 'string' },
      note: { type: 'string' },
      sent: { type: 'boolean' },
      'not-sent': { type: 'boolean' },
    });
    const [act = 'list', id] = positionals;
    noMore(call, positionals, act === 'list' ? 1 : 2);
    if (act === 'list') return list(call, values);
    if (act === 'resend') return resend(call, required(call, 'MÃ/ID', id), values);
    if (act === 'settle') {
      if ((values.sent === true) === (values['not-sent'] === true)) {
        throw usage(
          call.lang,
          'Cần đúng một trong hai: --sent, --not-sent',
          'Needs exactly one of --sent and --not-sent',
        );
      }
      return settle(call, required(call, 'MÃ/ID', id), { ...values, sent: values.sent === true });
    }
    throw usage(call.lang, `Không có lệnh con «${act}»`, `There is no subcommand "${act}"`);
  },
};

interface Values {
  config?: string | undefined;
  state?: string | undefined;
  limit?: string | undefined;
  by?: string | undefined;
  note?: string | undefined;
}

const STATES: readonly TransmissionState[] = [
  'due',
  'sending',
  'accepted',
  'delivered',
  'acknowledged',
  'returned',
  'failed',
  'uncertain',
  'fenced',
];

async function list(call: Invocation, values: Values): Promise<number> {
  const state = oneOf(call, '--state', values.state, STATES);
  const limit = wholeNumber(call, '--limit', values.limit) ?? 1000;
  return withHouse(call, values.config, async (house) => {
    const rows = await house.storage.outbox.list({ limit, ...(state === null ? {} : { state: [state] }) });
    for (const row of rows) call.out.record(row);
    call.out.table(
      call.lang === 'vi'
        ? ['Mã', 'Loại', 'Trạng thái', 'Nơi nhận', 'Địa chỉ', 'Lần', 'Lần tới', 'Lý do']
        : ['Id', 'Kind', 'State', 'Recipient', 'Address', 'Tries', 'Next try', 'Why'],
      rows.map((row) => [
        row.id,
        row.kind,
        row.state,
        shorten(row.toName ?? '', 32),
        row.to,
        row.attempts,
        row.state === 'due' ? vietnamTime(row.nextAttemptAt) : '',
        shorten(row.cause ?? '', 60),
      ]),
    );
    return 0;
  });
}

async function resend(call: Invocation, id: string, values: Values): Promise<number> {
  return withHouse(call, values.config, async (house) => {
    const by = requireStaff(call, house.config, values.by).id;
    const { resendTransmission } = await import('../../gateway/acts.ts');
    await resendTransmission(house, id, { by });
    call.out.record({ transmission: id, state: 'due', by });
    call.out.line(call.lang === 'vi' ? `${id} sẽ được gửi lại.` : `${id} will be sent again.`);
    return 0;
  });
}

async function settle(call: Invocation, id: string, values: Values & { sent: boolean }): Promise<number> {
  return withHouse(call, values.config, async (house) => {
    const by = requireStaff(call, house.config, values.by).id;
    const { settleTransmission } = await import('../../gateway/acts.ts');
    await settleTransmission(house, id, {
      sent: values.sent,
      by,
      note: values.note?.normalize('NFC') ?? null,
    });
    const after = await house.storage.outbox.get(id);
    call.out.record({ transmission: id, state: after?.state ?? null, by });
    call.out.line(`${id}: ${after?.state ?? ''}`);
    return 0;
  });
}
