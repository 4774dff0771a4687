#!/bin/sh
# Real mail servers for tests and rehearsals: Dovecot (IMAP with STARTTLS and TLS, LMTP) and Postfix (SMTP with real
# delivery reports and the DSN extension), on high loopback ports, from a folder of their own. Nothing of the system's
# configuration is read or touched.
#
#   scripts/mail-servers.sh start|stop|status [DIR]        DIR: default ${TMPDIR:-/tmp}/congvan-mail-servers
#
# Environment of `start` (all optional):
#   MAIL_USERS    "address:password …"          mailboxes; their domains become ours
#   MAIL_ROUTES   "domain=lmtp:host:port …"     domains handed on to a listener (lmtp or smtp), e.g. a gateway
#   PORT_IMAP PORT_IMAPS PORT_LMTP PORT_SMTP PORT_STRICT
#
# PORT_SMTP takes mail for an unknown recipient of our domains and bounces it with a real report; PORT_STRICT refuses
# the recipient in the session (550 5.1.1), as most servers on the Internet do. Domains we do not know bounce (5.1.2).
# Postfix retries every 1–4 seconds here. It needs root; without root only Dovecot is started, and `status` says so.
set -eu

ACTION=${1:-}
DIR=${2:-${TMPDIR:-/tmp}/congvan-mail-servers}
DOVECOT=$(command -v dovecot || echo /usr/sbin/dovecot)
POSTFIX=$(command -v postfix || echo /usr/sbin/postfix)

: "${MAIL_USERS:=vanthu@xa-mau.example.gov.vn:mat-khau vanthu@so-mau.example.gov.vn:mat-khau}"
: "${MAIL_ROUTES:=}"
: "${PORT_IMAP:=14143}" "${PORT_IMAPS:=14993}" "${PORT_LMTP:=14024}" "${PORT_SMTP:=14025}" "${PORT_STRICT:=14026}"

is_root() { [ "$(id -u)" -eq 0 ]; }
have_postfix() { is_root && [ -x "$POSTFIX" ]; }
dovecot_pid() { cat "$DIR/dovecot/run/master.pid" 2>/dev/null || true; }
postfix_pid() { cat "$DIR/postfix/queue/pid/master.pid" 2>/dev/null | tr -d ' ' || true; }
alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

write_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -keyout "$DIR/key.pem" -out "$DIR/cert.pem" -subj '/CN=localhost' \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' >"$DIR/openssl.log" 2>&1
  chmod 644 "$DIR/cert.pem"
  chmod 600 "$DIR/key.pem"
}

write_users() {
  : >"$DIR/users"; : >"$DIR/postfix/recipients"; : >"$DIR/domains.list"
  for user in $MAIL_USERS; do
    address=${user%%:*}; password=${user#*:}
    echo "$address:{PLAIN}$password" >>"$DIR/users"
    echo "$address ok" >>"$DIR/postfix/recipients"
    echo "${address#*@}" >>"$DIR/domains.list"
  done
  sort -u "$DIR/domains.list" -o "$DIR/domains.list"
}

write_dovecot() {
  mkdir -p "$DIR/dovecot/run" "$DIR/dovecot/state" "$DIR/mail"
  if is_root; then
    mail_user=nobody; internal_user=dovecot; login_user=dovenull
    mail_group=$(id -gn nobody)
    chown "$mail_user:$mail_group" "$DIR/mail"
    chmod 644 "$DIR/users"
  else
    mail_user=$(id -un); internal_user=$mail_user; login_user=$mail_user; mail_group=$(id -gn)
  fi
  cat >"$DIR/dovecot/dovecot.conf" <<CONF
protocols = imap lmtp
listen = 127.0.0.1
base_dir = $DIR/dovecot/run
state_dir = $DIR/dovecot/state
log_path = $DIR/dovecot.log
default_internal_user = $internal_user
default_internal_group = $(id -gn "$internal_user")
default_login_user = $login_user
first_valid_uid = 0
mail_uid = $mail_user
mail_gid = $mail_group
mail_home = $DIR/mail/%u
mail_location = maildir:~/Maildir
mailbox_list_index = no
disable_plaintext_auth = no
auth_mechanisms = plain login
# A test logs in wrongly on purpose; it must not wait for that.
auth_failure_delay = 0
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <$DIR/cert.pem
ssl_key = <$DIR/key.pem
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
passdb {
  driver = passwd-file
  args = $DIR/users
}
userdb {
  driver = static
  args = uid=$mail_user gid=$mail_group home=$DIR/mail/%u allow_all_users=no
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $PORT_IMAP
  }
  inet_listener imaps {
    port = $PORT_IMAPS
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = $PORT_LMTP
  }
}
service anvil {
  chroot =
  # No growing delay for everybody on 127.0.0.1 after one wrong password.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
CONF
}

write_postfix() {
  mkdir -p "$DIR/postfix/queue" "$DIR/postfix/data"
  chown postfix "$DIR/postfix/data"
  : >"$DIR/postfix/transport"
  relay=''
  for route in $MAIL_ROUTES; do
    domain=${route%%=*}; target=${route#*=}
    kind=${target%%:*}; hostport=${target#*:}
    echo "$domain $kind:inet:${hostport}" | sed 's/smtp:inet:\([^:]*\):/smtp:[\1]:/' >>"$DIR/postfix/transport"
    relay="$relay $domain"
  done
  cat >"$DIR/postfix/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $DIR/postfix/queue
data_directory = $DIR/postfix/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.gov.vn
mydestination =
mynetworks = 127.0.0.0/8
local_transport = error:5.1.1 no local delivery here
alias_maps =
alias_database =
virtual_mailbox_domains = $DIR/domains.list
virtual_mailbox_maps = texthash:$DIR/postfix/recipients
virtual_transport = lmtp:inet:127.0.0.1:$PORT_LMTP
relay_domains =$relay
transport_maps = texthash:$DIR/postfix/transport
default_transport = error:5.1.2 unknown domain
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
smtpd_reject_unlisted_recipient = no
smtpd_delay_open_until_valid_rcpt = no
smtpd_client_connection_count_limit = 0
disable_dns_lookups = yes
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tls_security_level = none
smtpd_tls_security_level = may
smtpd_tls_cert_file = $DIR/cert.pem
smtpd_tls_key_file = $DIR/key.pem
message_size_limit = 104857600
mailbox_size_limit = 0
virtual_mailbox_limit = 0
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 4s
transport_retry_time = 1s
maximal_queue_lifetime = 1h
smtp_connect_timeout = 5s
lmtp_connect_timeout = 5s
maillog_file = $DIR/postfix.log
maillog_file_prefixes = $DIR
CONF
  services='cleanup:unix:n:-:n:-:0:cleanup qmgr:unix:n:-:n:300:1:qmgr rewrite:unix:-:-:n:-:-:trivial-rewrite
    bounce:unix:-:-:n:-:0:bounce defer:unix:-:-:n:-:0:bounce trace:unix:-:-:n:-:0:bounce
    verify:unix:-:-:n:-:1:verify flush:unix:n:-:n:1000?:0:flush proxymap:unix:-:-:n:-:-:proxymap
    smtp:unix:-:-:n:-:-:smtp relay:unix:-:-:n:-:-:smtp error:unix:-:-:n:-:-:error retry:unix:-:-:n:-:-:error
    discard:unix:-:-:n:-:-:discard lmtp:unix:-:-:n:-:-:lmtp anvil:unix:-:-:n:-:1:anvil
    scache:unix:-:-:n:-:1:scache tlsmgr:unix:-:-:n:1000?:1:tlsmgr showq:unix:n:-:n:-:-:showq
    pickup:unix:n:-:n:60:1:pickup postlog:unix-dgram:n:-:n:-:1:postlogd'
  {
    echo "127.0.0.1:$PORT_SMTP inet n - n - - smtpd"
    echo "127.0.0.1:$PORT_STRICT inet n - n - - smtpd -o smtpd_reject_unlisted_recipient=yes"
    for service in $services; do echo "$service" | tr ':' ' '; done
  } >"$DIR/postfix/master.cf"
}

start() {
  if [ ! -x "$DOVECOT" ]; then
    echo "mail-servers: Dovecot is not installed; run scripts/install-test-servers.sh" >&2
    exit 3
  fi
  if alive "$(dovecot_pid)"; then
    echo "mail-servers: already running in $DIR" >&2
    exit 1
  fi
  mkdir -p "$DIR/postfix"
  DIR=$(cd "$DIR" && pwd)
  # Dovecot's and Postfix's own users must be able to walk in.
  chmod 755 "$DIR"
  write_certificate
  write_users
  write_dovecot
  # Its output goes to a file: Dovecot keeps the pipes of whoever starts it open.
  "$DOVECOT" -c "$DIR/dovecot/dovecot.conf" >"$DIR/dovecot.out" 2>&1 </dev/null
  if have_postfix; then
    write_postfix
    "$POSTFIX" -c "$DIR/postfix" start >"$DIR/postfix.out" 2>&1 </dev/null
  fi
  status
}

stop() {
  if alive "$(postfix_pid)"; then
    "$POSTFIX" -c "$DIR/postfix" abort >"$DIR/postfix.out" 2>&1 </dev/null || true
  fi
  pid=$(dovecot_pid)
  # Not waited for: Dovecot takes seconds to end, and nobody needs them.
  if alive "$pid"; then kill "$pid"; fi
  echo "mail-servers: stopped"
}

status() {
  if alive "$(dovecot_pid)"; then
    echo "dovecot running: imap $PORT_IMAP, imaps $PORT_IMAPS, lmtp $PORT_LMTP; CA $DIR/cert.pem"
  else
    echo "dovecot not running"
  fi
  if alive "$(postfix_pid)"; then
    echo "postfix running: smtp $PORT_SMTP, strict $PORT_STRICT"
  elif is_root; then
    echo "postfix not running"
  else
    echo "postfix not running (it needs root)"
  fi
  alive "$(dovecot_pid)"
}

case "$ACTION" in
start) start ;;
stop) stop ;;
status) status ;;
*)
  echo "usage: $0 start|stop|status [DIR]" >&2
  exit 2
  ;;
esac
