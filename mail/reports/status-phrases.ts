/**
 * What servers say in words, and the enhanced status (RFC 3463) it stands for. The first match wins, so the narrower
 * wording comes first. The class is the usual one; a reply code next to the words ("450 …") overrides it.
 */
export const STATUS_PHRASES: readonly (readonly [RegExp, string])[] = [
  // Mailbox full
  [/mailbox is full: retry timeout exceeded/i, '4.2.2'],
  [
    /(?:mail\s?box|mail folder|inbox|account|user|disk)[^\n]{0,40}\b(?:is |are )?(?:full|over ?quota)\b/i,
    '5.2.2',
  ],
  [
    /(?:quota (?:violation|exceeded)|over ?quota|exceeded?[^\n]{0,30}(?:quota|storage)|insufficient disk)/i,
    '5.2.2',
  ],
  [/hộp thư[^\n]{0,40}(?:đã )?đầy|(?:vượt quá|hết) (?:hạn mức|dung lượng)/iu, '5.2.2'],
  // Too large
  [
    /(?:message|mail|attachment|file)[^\n]{0,40}(?:too (?:large|big|long)|exceeds?[^\n]{0,30}size)|line limit exceeded|size limit/i,
    '5.3.4',
  ],
  [/(?:thư|tệp|tập tin|dung lượng)[^\n]{0,40}(?:quá lớn|vượt quá (?:kích thước|giới hạn))/iu, '5.3.4'],
  // Sender not accepted for its place, name or proof
  [/(?:reverse dns|r?dns record of your|\brdns\b|\bptr\b|\bspf\b|\bdkim\b|\bdmarc\b|bad spf)/i, '5.7.1'],
  [
    /(?:black ?list|block ?list|\bdnsbl\b|\brbl\b|spamhaus|spamcop|\bspam\b|unsolicited|virus|poor reputation)/i,
    '5.7.1',
  ],
  [
    /relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed))|not permitted to[^\n]{0,10}\s*(?:\d{3}[ -])?relay|unable to relay/i,
    '5.7.1',
  ],
  // Account closed
  [
    /(?:account|mailbox|user|address)[^\n]{0,60}(?:disabled|discontinued|suspended|inactive|deactivated|locked|expired)/i,
    '5.2.1',
  ],
  [/(?:tài khoản|hộp thư)[^\n]{0,40}(?:bị khóa|bị khoá|ngừng hoạt động|vô hiệu)/iu, '5.2.1'],
  // Domain unknown
  [
    /(?:unknown host|host (?:or domain name )?(?:not found|unknown)|domain[^\n]{0,60}(?:not found|does ?n[o']t exist|couldn't be found)|unrouteable mail domain|no such domain|bad destination (?:host|mailbox)|nxdomain|could not find a gateway)/i,
    '5.1.2',
  ],
  [
    /(?:tên miền|máy chủ)[^\n]{0,60}không (?:tồn tại|tìm thấy)|không tìm thấy (?:tên miền|máy chủ)/iu,
    '5.1.2',
  ],
  // Address malformed
  [
    /malformed address|(?:invalid|bad) (?:recipient )?address syntax|syntactically incorrect|incorrectly constructed/i,
    '5.1.3',
  ],
  // Address unknown
  [
    /(?:unknown|invalid|no such|illegal|nonexistent|unrecogni[sz]ed|bad)[^\n]{0,20}\s(?:local )?(?:user|recipient|mailbox|account|address(?:ee)?)\b/i,
    '5.1.1',
  ],
  [
    /(?:user|recipient|mailbox|account|address(?:ee)?|alias)\b[^\n]{0,80}(?:unknown|not (?:be )?found|not (?:exist|listed|recogni[sz]ed|known|valid|unique)|does ?n[o']t (?:exist|have)|invalid|no longer (?:valid|in use|available)|couldn['’]t be found|wrong or no longer|unavailable)/i,
    '5.1.1',
  ],
  [
    /no mailbox (?:here )?by that name|there is no user|this user doesn['’]t have|no (?:such person|matches to nameserver|valid recipients)|unrouteable address|does not have a final email delivery point|does not like recipient/i,
    '5.1.1',
  ],
  [/n['’]existe pas|non recensé|nicht (?:bekannt|gefunden)|no existe|non (?:trovato|esiste)/iu, '5.1.1'],
  [
    /(?:người nhận|người dùng|tài khoản|hộp thư|địa chỉ|email)[^\n]{0,60}(?:không (?:tồn tại|hợp lệ|tìm thấy|đúng|có thật)|sai)|không (?:tìm thấy|tồn tại|có) (?:địa chỉ|người (?:nhận|dùng)|tài khoản|hộp thư)/iu,
    '5.1.1',
  ],
  // Time
  [
    /(?:retry (?:timeout|time) (?:exceeded|not reached)|message (?:timed out|expired)|(?:too long|delivery time) (?:in (?:the )?queue|expired)|failing for a long time|could not be delivered for (?:more than )?\d+|been in the queue too long|aborted after)/i,
    '4.4.7',
  ],
  [/(?:quá|hết) (?:thời gian|thời hạn)[^\n]{0,40}|quá hạn gửi/iu, '4.4.7'],
  // Reaching the server
  [
    /(?:connection (?:timed out|refused|reset|to mail exchanger failed)|no route to host|network (?:is )?unreachable|host (?:is )?(?:down|unreachable)|did not accept our requests to connect|socket error|couldn['’]t (?:connect|establish)|unable to connect|could not connect)/i,
    '4.4.1',
  ],
  [/không (?:thể )?kết nối/iu, '4.4.1'],
  [/(?:connection|conversation)[^\n]{0,30}(?:lost|dropped|closed|interrupted)|lost connection/i, '4.4.2'],
  [/(?:mail loop|too many hops|hop count exceeded|forwarded more than the maximum)/i, '5.4.6'],
  [
    /(?:too many (?:connections|messages|errors)|rate limit|grey ?list|try again later|deferred|temporar(?:y|ily) (?:failure|error|rejected|unavailable|deferred))/i,
    '4.7.0',
  ],
  // Refused
  [
    /(?:access denied|rejected|refused|not (?:accepted|authori[sz]ed|allowed|permitted)|forbidden|policy|blocked|authentication required|relay quota)/i,
    '5.7.1',
  ],
  [/(?:bị|đã) (?:từ chối|chặn)/iu, '5.7.1'],
];
