/**
 * Whether a listener takes mail for this address: one of the configured ones, exactly or with +detail. Everything else
 * is refused, so a listener is never a relay. Case does not matter; a quoted or routed form is not ours.
 */
export function isRecipient(address: string, recipients: string[]): boolean {
  const asked = address.trim().toLowerCase();
  const at = asked.lastIndexOf('@');
  if (at <= 0) return false;
  const local = asked.slice(0, at);
  const domain = asked.slice(at + 1);
  if (/["%!:@\s]/.test(local)) return false;
  const plus = local.indexOf('+');
  const bare = plus > 0 ? local.slice(0, plus) : local;
  return recipients.some((recipient) => {
    const ours = recipient.trim().toLowerCase();
    return ours === `${local}@${domain}` || ours === `${bare}@${domain}`;
  });
}
