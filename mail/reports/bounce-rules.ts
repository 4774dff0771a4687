/**
 * What bounces without a machine-readable part look like (44 % of real ones). Data only: a new dialect is a new line
 * here. Everything is matched line by line or on bounded text, with patterns that cannot backtrack far.
 */

/** Senders that are mail servers. */
export const DAEMON_ADDRESS =
  /^(?:mailer-?daemon|mail-?daemon|mdaemon|postmaster|mail[.-]delivery[.-]system|imss|microsoftexchange[0-9a-f]{0,40}|bounce|bounces)@/i;
export const DAEMON_NAME =
  /^(?:mail delivery (?:sub)?system|mail delivery service|system administrator|postmaster|mail administrator|mailer-daemon|hệ thống (?:gửi|chuyển) thư)/iu;

/** A person passed it on, or answers it. */
export const PASSED_ON = /^\s*(?:fwd?|fw|tr|wg|re|aw|chuyển tiếp|trả lời)\s*:/iu;

/** Subjects of bounces; a host name may stand before. */
export const BOUNCE_SUBJECT = new RegExp(
  String.raw`^\s*(?:[\w.-]+\.[a-z]{2,} )?(?:` +
    [
      'undeliver(?:able|ed)',
      'returned mail',
      'mail (?:delivery|not delivered|could not be|failed|failure|system error)',
      'delivery (?:status|failure|failed|report|delayed|problem|has failed)',
      'failure notice',
      'delayed mail',
      'nondeliverable',
      'warning: (?:message|could not send|.{1,80}user unknown)',
      'message (?:delivery|undeliverable|not delivered|status)',
      'processing error',
      'postmaster notify',
      'postfix smtp server: errors',
      'your message to .{1,120}could not be delivered',
      'không (?:thể )?(?:gửi|chuyển|phân phối) (?:được )?',
      'không gửi được',
      'thư (?:bị trả|không gửi|không được gửi|chưa gửi|gửi không|trả lại)',
      'gửi thư (?:thất bại|không thành)',
      'thông báo (?:lỗi|không) ?gửi',
      'chưa (?:gửi|chuyển) được',
      'trễ gửi thư',
    ].join('|') +
    ')',
  'iu',
);
/** QUIRK: a French server answers under the subject of the letter. */
export const BOUNCE_SUBJECT_END = /: (?:non remis|non distribuable)\s*$/iu;

/** Words that say that a message did not arrive, or not yet. */
export const FAILURE_WORDS =
  /could(?: not|n't) (?:be )?(?:deliver|reach)|not (?:be )?able to deliver|unable to deliver|was ?n[o']t able to deliver|not delivered|undeliver|did not reach|has (?:not yet|not) been delivered|has been (?:delayed|returned)|failed permanently|delivery (?:to|has|failed)|user unknown|unknown user|no such user|mailbox is full|failed addresses|could not send|address(?:es)? had permanent|pas pu etre delivre|Error:|không (?:thể )?(?:gửi|chuyển|phân phối|giao)|chưa (?:được )?(?:gửi|chuyển)|không tồn tại|hộp thư (?:đã )?đầy|bị (?:từ chối|trả lại)/iu;

/** The message is still being tried. */
export const DELAY_WORDS =
  /this is a warning(?: message)? only|will (?:be retried|continue|keep trying)|has not yet been delivered|has been delayed|delayed mail|message delayed|delivery (?:status notification )?\(?delay|no action is required on your part|(?:sẽ|vẫn) (?:tiếp tục|được) (?:thử|gửi lại)|bị chậm|đang chờ gửi/iu;
/** The message arrived, or went on to a server that reports no further. */
export const SUCCESS_WORDS: [RegExp, 'delivered' | 'relayed' | 'expanded'][] = [
  [
    /successfully (?:been )?relayed|relayed (?:to|successfully)|delivery notification was not (?:sent|returned) by the destination|đã chuyển tiếp/iu,
    'relayed',
  ],
  [/(?:has been |was )?successfully (?:been )?expanded|expanded by/iu, 'expanded'],
  [
    /successfully delivered|delivered successfully|has been delivered to the following|đã (?:được )?(?:gửi|chuyển|phân phối) thành công/iu,
    'delivered',
  ],
];

/** Where the notice ends and the copy of the message begins. */
export const COPY_MARKERS: RegExp[] = [
  /^[-|> ]*-+ *(?:this is a copy of|below this line|original message|returned mail follows|unsent message|message text follows|message header|the header of the original|undelivered message|enclosed|thư gốc|nội dung thư gốc|bản sao)/imu,
  /^\s*(?:original message (?:follows|headers)|a copy of the original message|a summary of the undelivered message|tiêu đề thư gốc)/imu,
  /^(?:return-path: *<|received: +(?:from|by) |x-received: )/imu,
];

/** An address as bounces write it. Group-free; `=` is not taken, since quoted-printable rests stick to addresses. */
const A = String.raw`[^\s<>()\[\],;:"'|*=]{1,64}(?:=[^\s<>()\[\],;:"'|*=@]{1,64})*@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,10}`;

/** Lines that name a failed recipient, the surest first: the first kind that is found is the one used. */
export const RECIPIENT_LINES: RegExp[][] = [
  [
    new RegExp(String.raw`^\s*<(${A})>\s*(?::|\(|$|\.\.\.)`, 'iu'),
    new RegExp(String.raw`^\s+${A}\s+<(${A})>:`, 'iu'),
    new RegExp(String.raw`^[\s*•>-]*(${A}):?\s*(?:<mailto:[^>]{1,300}>)?\s*$`, 'iu'),
    new RegExp(String.raw`^[\s*•>-]*(${A})\s+(?:-|\.\.\.|on [a-z]{3},)`, 'iu'),
  ],
  [
    new RegExp(
      String.raw`(?:recipients?(?:\(s\))?|unknown user|failed \d{1,4} attempts|mailbox is full|address(?:es|\(es\))?|người nhận|địa chỉ)\s*:\s*<?(${A})>?`,
      'iu',
    ),
    new RegExp(
      String.raw`\b(?:message|mail|deliver(?:y|ed)?|gateway|thư|gửi|chuyển)\b[^<@]{0,60}?\b(?:to|for|tới|đến|cho)\s+<?(${A})>?`,
      'iu',
    ),
  ],
  [new RegExp(String.raw`rcpt to:\s*<(${A})>`, 'iu')],
];

/** What a server's words mean: the last two numbers of the status (RFC 3463), and the class where it states none. */
export const REASONS: [words: RegExp, detail: string, level: '4' | '5'][] = [
  [
    /(?:mailbox|quota|hộp thư)[^\n]{0,40}(?:full|exceed|over|violation|đầy|vượt)|over ?quota|quota (?:exceed|violation)|not enough (?:storage|disk)/iu,
    '2.2',
    '5',
  ],
  [
    /(?:account|mailbox|user)[^\n]{0,60}(?:disabled|discontinued|suspended|inactive|locked)|(?:tài khoản|hộp thư)[^\n]{0,30}(?:bị khóa|ngừng)/iu,
    '2.1',
    '5',
  ],
  [
    /(?:user|recipient|addressee|account|mailbox|address)\b[^\n]{0,60}\b(?:unknown|not (?:found|recogni[sz]ed|exist)|does ?n[o']t exist|no longer valid|is wrong|rejected)|(?:unknown|no such|invalid|illegal) (?:user|recipient|address|mailbox|account|person)|doesn't have an? [\w.-]{1,60} account|no matches to nameserver|does not like recipient|couldn't be found|does not have a final email|malformed address|không (?:tồn tại|tìm thấy)/iu,
    '1.1',
    '5',
  ],
  [
    /(?:unknown|no such) (?:host|domain)|(?:host|domain)[^\n]{0,40}(?:not found|unknown|does not exist)|could not find a gateway|no valid mx|không tìm thấy (?:máy chủ|tên miền)/iu,
    '1.2',
    '5',
  ],
  [
    /message (?:size|too)|too (?:large|big)|size (?:limit|exceed)|line limit exceeded|vượt quá dung lượng/iu,
    '3.4',
    '5',
  ],
  [/relay(?:ing)? (?:denied|not permitted|access)|unable to relay/iu, '7.1', '5'],
  [
    /spam|black ?list|block ?list|reputation|reverse dns|access denied|not accept|policy|virus|authenticat|\bspf\b|\bdkim\b|\bdmarc\b|rdns|forbidden|thư rác/iu,
    '7.1',
    '5',
  ],
  [
    /retry timeout exceeded|all hosts (?:for|have been)|expired|aborted after|message could not be delivered for more|quá thời gian/iu,
    '4.7',
    '4',
  ],
  [
    /timed? ?out|connection (?:refused|to mail exchanger failed|failed|lost)|connect to|no route to host|did not accept our requests|socket error|network|unreachable/iu,
    '4.1',
    '4',
  ],
];

/** Servers that call their failure final. QUIRK: exim calls every failure so, a retry timeout too. */
export const FINAL_WORDS = /failed permanently|permanent failure/iu;

/** Names of dialects: on the header of the report and its machine part, and on the text of the notice. */
export const DIALECTS: { name: string; header?: RegExp; text?: RegExp }[] = [
  {
    name: 'postfix',
    header: /x-postfix-|postfix smtp server/iu,
    text: /this is the (?:postfix program|mail system) at host|the mail system at host/iu,
  },
  {
    name: 'exim',
    header: /\(exim|x-exim/iu,
    text: /created automatically by (?:the )?(?:mail delivery software|smtp relay)|that you sent contained one or more recipient addresses/iu,
  },
  {
    name: 'gmail',
    header: /@googlemail\.com|@google\.com|googlemail\.com/iu,
    text: /technical details of (?:permanent|temporary) failure|gmail/iu,
  },
  { name: 'amazon-ses', header: /amazonses\.com|@sns\.amazonaws\.com/iu },
  {
    name: 'office365',
    header: /\.outlook\.com|onmicrosoft\.com|@outlook\.com/iu,
    text: /generating server: .{0,80}outlook\.com|office ?365/iu,
  },
  {
    name: 'exchange',
    header: /exchange|internet mail service|x-ms-|x-display-name/iu,
    text: /msexch:|exchange server|did not reach the following recipient|delivery has failed to these recipients|không chuyển được tới những người nhận/iu,
  },
  { name: 'yahoo', header: /@yahoo\./iu, text: /message from (?:yahoo|sbcglobal)\.\w+/iu },
  {
    name: 'qmail',
    text: /qmail-send|this is the mail delivery agent at|remote host said:|giving up on \d/iu,
  },
  { name: 'hmailserver', text: /hmailserver/iu },
  { name: 'imail', header: /smtp32/iu },
  { name: 'mdaemon', header: /mdaemon/iu },
  { name: 'domino', header: /lotus|domino/iu },
  { name: 'zimbra', header: /zimbra/iu },
  { name: 'courier', text: /courier mail server/iu },
  {
    name: 'sendmail',
    header: /sendmail/iu,
    text: /transcript of session follows|addresses had permanent fatal errors|----- the following address/iu,
  },
];
