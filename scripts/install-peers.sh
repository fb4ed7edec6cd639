#!/bin/sh
# Installs the Debian packages that the interop tests talk to, only those that are missing. Needs root (or sudo) and an
# apt registry; prints what it installed. Safe to run again and again: with nothing missing it takes no time.
set -eu

# package:command. A program that is there already (another nginx, say) is as good as the package.
PEERS='openssl:openssl curl:curl nginx-light:nginx gnutls-bin:gnutls-serv chromium:chromium libnss3-tools:certutil tshark:tshark
  postgresql:pg_lsclusters microsocks:microsocks zsh:zsh fish:fish less:less'

PATH="$PATH:/usr/sbin:/sbin"
missing=''
for peer in $PEERS; do
  command -v "${peer#*:}" >/dev/null 2>&1 || missing="$missing ${peer%:*}"
done

if [ -z "$missing" ]; then
  echo 'peers: all are there, nothing installed'
  exit 0
fi

as_root=''
if [ "$(id -u)" -ne 0 ]; then as_root='sudo'; fi

# tshark asks whether users outside root may capture, and packages may start services: answered here once and for all.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
  echo 'wireshark-common wireshark-common/install-setuid boolean false' | $as_root debconf-set-selections &&
    $as_root apt-get -qq update &&
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -y install --no-install-recommends $missing
} >"$log" 2>&1; then
  cat "$log" >&2
  echo "peers: could not install$missing" >&2
  exit 1
fi
echo "peers: installed$missing"
