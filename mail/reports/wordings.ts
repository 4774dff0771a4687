/** How servers without a machine part word their bounces. Data: the first dialect whose opening is found counts. */
import type { DeliveryAction } from '../types.ts';

export interface Dialect {
  name: string;
  /** Words that only this server writes, in the notice. */
  opening: RegExp;
  /** Recipients stand only below the first match of this (a notice may name the sender first). */
  below?: RegExp;
  /** True = people write such words too: a server's name or a bounce's subject is needed beside a null return path. */
  common?: true;
  /** Also needed: the From line (name and address). */
  from?: RegExp;
}

export const DIALECTS: readonly Dialect[] = [
  {
    name: 'amazonses',
    opening:
      /An error occurred while trying to deliver the mail to the following recipients|The following message to <[^>\n]{1,300}> was undeliverable/,
  },
  { name: 'messagelabs', opening: /mail delivery agent at (?:messagelabs|Symantec)/i },
  {
    name: 'mailru',
    opening: /created automatically by (?:mail delivery software|the SMTP relay)/,
    from: /mail\.ru|inbox\.ru|bk\.ru/i,
    below: /address(?:\(es\)|es)?\s+failed:/i,
  },
  {
    name: 'exim',
    opening:
      /created automatically by (?:mail delivery software|the SMTP relay)|recipient addresses that were\s+incorrectly constructed/,
    below:
      /(?:address(?:\(es\)|es)?\s+failed:|delivered to the following addresses:|incorrectly constructed:)/i,
  },
  { name: 'exim', opening: /-{4,} Failed addresses follow: -{4,}/ },
  {
    name: 'postfix',
    opening:
      /This is the (?:Postfix program|mail system) at host|I'm sorry to have to inform you that (?:the|your) message|Transcript of session follows\.\s+Out: 220/,
  },
  {
    name: 'qmail',
    opening:
      /This is the qmail-send program|Giving up on \d|Hi\. (?:This is|I am) the|I (?:wasn't|was not) able to deliver your message|Sorry, (?:I wasn't|unable) (?:able )?to (?:establish|deliver)|--- Below this line is a copy of the message/i,
  },
  {
    name: 'yahoo',
    opening: /Message from [\w.-]{1,100}\.\s+Unable to deliver message to the following address/,
  },
  {
    name: 'gmail',
    opening:
      /Delivery to the following recipients? (?:failed permanently|has been delayed)|\*\* (?:Address not found|Message (?:blocked|not delivered|too large)|Delivery incomplete|Không tìm thấy địa chỉ|Thư (?:bị chặn|chưa được gửi)) \*\*/u,
  },
  {
    name: 'mdaemon',
    opening:
      /had PERMANENT fatal delivery errors|MDaemon has (?:identified|detected)|There is no user by that name at this server/i,
  },
  {
    name: 'sendmail',
    opening:
      /-{3,} ?The following addresses had (?:permanent|transient|delivery)|-{3,} ?Transcript of session follows/,
  },
  { name: 'phquery', opening: /-{4,} ?Message not delivered to the following/ },
  { name: 'hmailserver', opening: /hMailServer (?:sent:|could not)|\bhMailServer\s*$/ },
  {
    name: 'office365',
    opening: /(?:Exchange Online|Office 365|protection\.outlook\.com|prod\.outlook\.com)/,
  },
  {
    name: 'exchange2007',
    opening:
      /Delivery has failed to these recipients or|Sent by Microsoft Exchange Server|Diagnostic information for administrators:|(?:Không (?:thể )?(?:chuyển|gửi)(?: được)?|Chuyển phát) (?:đến|tới) những người nhận|Thông tin chẩn đoán (?:dành )?cho (?:người )?quản trị/iu,
  },
  {
    name: 'exchange2003',
    opening:
      /did not reach the following recipient\(s\):|The following recipient\(s\) c(?:ould not|annot) be reached:|MSEXCH:/i,
    below: /(?:following recipient\(s\):|be reached:)/i,
  },
  {
    name: 'courier',
    opening:
      /This is a delivery status notification from [\w.-]+,?\s+running the Courier|UNDELIVERABLE MAIL\s+Your message to the following recipients cannot be delivered/i,
  },
  { name: 'interscan', opening: /Message from InterScan Messaging Security Suite/i },
  { name: 'imail', opening: /^(?:Delivery failed \d+ attempts:|Unknown (?:user|host):)/im },
  { name: 'verizon', opening: /Message could not be delivered to mobile/i },
  {
    name: 'vietnamese',
    common: true,
    opening:
      /(?:thư|thông điệp|email|văn bản)[^\n]{0,80}(?:không|chưa)(?: thể)?(?: được)? (?:gửi|chuyển|phân phối|chuyển phát|phát)(?: được)?(?: thành công)? (?:đến|tới|cho)|không (?:thể )?(?:gửi|chuyển|phân phối|chuyển phát)(?: được)? (?:thư|thông điệp|email)|(?:gửi|chuyển|phân phối|chuyển phát)(?: thư)? (?:không thành công|thất bại)/iu,
  },
  {
    name: 'generic',
    common: true,
    opening:
      /(?:could ?n[o']t|can ?n[o']t|unable to|was not able to|has not been|was ?n[o']t|not been|failed to|has NOT been|did not)\s(?:be\s)?(?:deliver|reach|sen[dt])|delivery (?:has |to [^\n]{0,80})?(?:failed|failure|aborted|delayed)|(?:were|was) (?:returned|undeliverable|aborted)|recipients was aborted|mailbox is full|no such user|user unknown|returned because it encountered an error|non (?:remis|recapitabile)|unzustellbar/i,
  },
];

/** What the notice says became of the message; the first match wins, and none is a failure. */
export const ACTION_WORDS: readonly (readonly [RegExp, DeliveryAction])[] = [
  [
    /failed permanently|permanent (?:fatal )?error|PERMANENT fatal|aborted after|has been returned|không (?:được )?gửi lại/iu,
    'failed',
  ],
  [
    /warning(?: message)? only|has not yet been delivered|has been delayed|message delayed|will be (?:retried|re-?attempted)|still being retried|delivery attempts will continue|sẽ (?:tiếp tục )?(?:được )?(?:thử |gửi )(?:gửi )?lại|chậm (?:gửi|trễ)|tạm thời chưa/iu,
    'delayed',
  ],
  [
    /but no delivery notification was sent by|was (?:successfully )?relayed|relayed to (?:the )?(?:following|a system)/i,
    'relayed',
  ],
  [
    /(?:has been|was) successfully delivered|has been delivered to the following|đã (?:được )?(?:gửi|chuyển|giao)(?: đến nơi)? thành công/iu,
    'delivered',
  ],
];

/** Local parts and names that servers send bounces under. */
export const MACHINE_SENDER =
  /^(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mdaemon|mail\.?delivery\.?(?:system|subsystem)|mmdf|imss|no-?reply[-_.]?(?:bounce|dsn)|bounces?|double-bounce|system administrator)$/i;
export const MACHINE_NAME =
  /mail(?:er)?[- ]?(?:daemon|delivery)|delivery (?:sub)?system|mail administrator|postmaster|system administrator|NDR Administrator|Hệ thống (?:thư|gửi thư|chuyển thư)/iu;

/** Subjects that only a bounce has; what a person would write about one begins with Re:, Fwd: or the like. */
export const BOUNCE_SUBJECT =
  /undeliver(?:able|ed)|delivery (?:status notification|failure|report|failed|error|problem|incomplete|delayed)|returned mail|mail (?:could )?not (?:be )?delivered|mail (?:delivery )?(?:failed|failure)|failure notice|(?:could not be|not) delivered|message delayed|delayed mail|non remis|processing error|user unknown|không (?:thể )?(?:gửi|chuyển)(?: thư)?(?: được)?|chưa (?:gửi|chuyển) được|(?:gửi|chuyển|chuyển phát) (?:thư )?(?:không thành công|thất bại)|thư bị trả lại/iu;
export const REPLY_SUBJECT = /^\s*(?:re|fw|fwd|tr|aw|sv|wg|trả lời|chuyển tiếp|tl|ct)\s*(?:\[\d+\])?\s*:/iu;
export const AUTO_REPLY_SUBJECT =
  /^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|autorespon\w*|out of (?:the )?office|vacation|trả lời tự động|vắng mặt)/iu;
