#!/bin/sh
# Installs, from Debian's packages, the servers that the tests use when they are there: Dovecot (IMAP, LMTP),
# Postfix (SMTP, real delivery reports) and ClamAV's daemon; and what signatures are compared with (OpenSSL, poppler, xmlsec) or made
# by (SoftHSM, OpenSC). Nothing of them is started or configured: the tests run
# their own copies on high loopback ports, from folders of their own (scripts/mail-servers.sh).
set -eu

PACKAGES="dovecot-imapd dovecot-lmtpd dovecot-submissiond postfix postfix-lmdb clamav-daemon openssl poppler-utils xmlsec1 softhsm2 opensc"

if [ "$(id -u)" -ne 0 ]; then
  echo "install-test-servers: needs root (try: sudo $0)" >&2
  exit 2
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "install-test-servers: no apt-get here; install these by hand: $PACKAGES" >&2
  exit 2
fi

# 101 = "not allowed": keeps the packages' own services from starting. Taken away again if it was not there before.
POLICY=/usr/sbin/policy-rc.d
if [ ! -e "$POLICY" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
  trap 'rm -f "$POLICY"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections 2>/dev/null || true
apt-get update -q
# shellcheck disable=SC2086
apt-get install -y -q --no-install-recommends $PACKAGES
echo "install-test-servers: ready; CONGVAN_TEST_REQUIRE=all npm test now runs every suite"
