# Shared by the scripts of this folder; sourced, not run.
# shellcheck shell=bash

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '\033[1m==\033[0m %s\n' "$*"; }

# die TEXT: one plain line that says what is missing or wrong, and the end.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Sets `sudo` to what makes a command run as root.
need_root() {
    sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "not root and no sudo: run me as root, or install sudo (needed for: $1)"
        sudo=(sudo)
    fi
}

need_swift() {
    command -v swift >/dev/null || die "no Swift: install the Swift 6.3 toolchain (https://www.swift.org/install/linux/) and put it in PATH"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
    [ "$(printf '%s\n6.2\n' "${version:-0}" | sort -V | head -1)" = 6.2 ] \
        || die "Swift ${version:-of an unknown version} is too old: 6.2 or later is needed"
}

# need_packages NAME...: installs with apt those that are not installed. No service starts, nothing is configured.
need_packages() {
    local missing=() name
    for name in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$name" 2>/dev/null) in
        "install ok installed") ;;
        *) missing+=("$name") ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "no apt-get: install these by hand: ${missing[*]}"
    need_root "apt-get install ${missing[*]}"
    say "installing with apt: ${missing[*]}"
    local log
    log=$(mktemp)
    apt_quietly update >"$log" 2>&1 || true
    if ! with_services_held apt_quietly install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        die "apt could not install ${missing[*]}: is there a network, and a Debian mirror in /etc/apt?"
    fi
    rm -f "$log"
}

apt_quietly() {
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@"
}

# with_services_held COMMAND...: a policy-rc.d of ours says no to every start of a service meanwhile.
with_services_held() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod 755 "$policy"
    # Also when somebody presses Ctrl-C: a forgotten one would keep every later service from starting.
    trap '"${sudo[@]}" rm -f /usr/sbin/policy-rc.d' INT TERM HUP
    "$@" || status=$?
    "${sudo[@]}" rm -f "$policy"
    trap - INT TERM HUP
    return "$status"
}

# unpack_packages FOLDER NAME...: fetches packages that conflict with installed ones, and unpacks them in FOLDER.
unpack_packages() {
    local folder=$1 name work
    shift
    mkdir -p "$folder"
    for name in "$@"; do
        [ ! -e "$folder/.have.$name" ] || continue
        work=$(mktemp -d)
        (cd "$work" && apt-get -q -o APT::Sandbox::User=root download "$name" && dpkg-deb -x "$name"_*.deb "$folder") \
            >"$work/log" 2>&1 || die "the package $name could not be fetched: is there a network? $(tail -n 1 "$work/log")"
        rm -rf "$work"
        touch "$folder/.have.$name"
    done
}

# resolve_dependencies: fetches the Swift packages, so that a missing network is one line and no page of errors.
resolve_dependencies() {
    local log
    log=$(mktemp)
    if ! swift package --package-path "$root" resolve >"$log" 2>&1; then
        tail -n 3 "$log" >&2
        rm -f "$log"
        die "the Swift packages could not be fetched: is there a network?"
    fi
    rm -f "$log"
}

# build_release ARGUMENT...: builds the product, sets `binary` to it.
build_release() {
    local log
    log=$(mktemp)
    swift build --package-path "$root" -c release --product leavecopy "$@" >"$log" 2>&1 || {
        grep -E 'error:|warning:' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
        rm -f "$log"
        die "the release build failed"
    }
    rm -f "$log"
    binary=$(swift build --package-path "$root" -c release --show-bin-path "$@")/leavecopy
    [ -x "$binary" ] || die "the release build left no executable at $binary"
}

# What a build needs on Debian, what the sample mail server and its client need, and what the tests need beside.
build_packages=(libssl-dev libsqlite3-dev pkg-config)
sample_packages=(dovecot-core dovecot-imapd fetchmail openssl python3)
test_packages=(dovecot-pop3d mpop getmail6 curl strace iproute2 procps systemd binutils fail2ban jq python3-jsonschema)
# What Tests/Benchmarks compares with, and what its own programs are built with.
bench_packages=(dovecot-core dovecot-imapd dovecot-pop3d nginx libnginx-mod-mail gcc libc6-dev libssl-dev openssl python3
    iproute2 util-linux)
# A browser for the review page, and a font with Japanese letters.
test_packages+=(chromium chromium-driver fonts-vlgothic)
# Cyrus and Courier, as other makes of mail servers; msmtp-mta is what Cyrus wants of an MTA. What conflicts with Dovecot
# is unpacked, not installed.
test_packages+=(cyrus-common sasl2-bin libsasl2-modules msmtp-mta)
test_packages+=(courier-base courier-authlib courier-authlib-userdb courier-authdaemon gamin libgamin0)
unpack_test_servers() {
    unpack_packages "$root/.build/servers/cyrus" cyrus-imapd cyrus-pop3d
    unpack_packages "$root/.build/servers/courier" courier-imap courier-pop
}
