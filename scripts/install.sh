#!/bin/sh
# Installs Leviathan without root: verifies the release's signature and checksums, and puts the program, its manual pages and
# its completions below ~/.local or another prefix. What is there is replaced in one step; your home of Leviathan is not touched.
#
# usage: install.sh [--from DIRECTORY-OR-URL] [--prefix DIRECTORY] [--key PUBLIC-KEY] [--unsigned]
#        install.sh --uninstall [--prefix DIRECTORY]
#
# --from       where the release's files are; by default the directory of this script
# --prefix     by default $PREFIX, or ~/.local
# --key        the maintainers' public key of minisign ("RW…"), where you have it from somewhere you trust more than from here
# --unsigned   installs a release without a signature, by its checksums alone: they tell damage, and no forgery
set -eu

# The copy of this script in a release names the key that it was signed with.
public_key=''

fail() {
    echo "error: $1" >&2
    [ -z "${2:-}" ] || echo "hint: $2" >&2
    exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
from=$here
prefix=${PREFIX:-${HOME:?HOME is not set; name a directory with --prefix}/.local}
unsigned=false
uninstall=false
while [ $# -gt 0 ]; do
    case $1 in
    --from | --prefix | --key)
        [ $# -gt 1 ] || fail "$1 needs a value"
        case $1 in --from) from=$2 ;; --prefix) prefix=$2 ;; --key) public_key=$2 ;; esac
        shift 2
        ;;
    --unsigned) unsigned=true && shift ;;
    --uninstall) uninstall=true && shift ;;
    --help | -h) sed -n '2,/^set/ { s/^# \{0,1\}//p; }' "$0" && exit 0 ;;
    *) fail "there is no option '$1'" "install.sh --help" ;;
    esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
list=$prefix/share/leviathan/installed

if $uninstall; then
    [ -f "$list" ] || fail "nothing that this script installed is in $prefix: $list is missing"
    while IFS= read -r file; do rm -f -- "$prefix/$file"; done <"$list"
    rm -f -- "$list"
    rmdir -- "$prefix/share/leviathan" 2>/dev/null || true
    echo "removed from $prefix; your home of Leviathan (~/.leviathan or LEVIATHAN_HOME) is still there"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

case $(uname -s)-$(uname -m) in
Linux-x86_64) architecture=amd64 ;;
Linux-aarch64) architecture=arm64 ;;
*) fail "there is no release for $(uname -s) on $(uname -m)" "build from the sources: make install PREFIX=~/.local" ;;
esac

# fetch NAME: the file of the release, in $work
fetch() {
    case $from in
    https://* | http://127.0.0.1:* | http://localhost:*)
        command -v curl >/dev/null || fail "curl is not installed" "download the release's files, and name their directory with --from"
        curl --fail --silent --show-error --location --proto-redir =https --output "$work/$1" "$from/$1" || return 1
        ;;
    *://*) fail "$from is not read: only https is" ;;
    *) [ -f "$from/$1" ] && cp -- "$from/$1" "$work/$1" ;;
    esac
}

# --- the signature: minisign's, verified by it, or by OpenSSL where it is not installed
decoded() { printf '%s' "$1" | base64 -d; }

verify_with_openssl() {
    [ "$(sed -n 2p "$2" | base64 -d | head -c 2)" = ED ] || fail "the signature is of a kind that only minisign verifies" "install minisign"
    decoded "$1" | tail -c +3 | head -c 8 >"$work/key.id"
    sed -n 2p "$2" | base64 -d | tail -c +3 | head -c 8 | cmp -s - "$work/key.id" || return 1
    # The fixed beginning of an Ed25519 key in DER, and its 32 bytes.
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000' && decoded "$1" | tail -c 32; } >"$work/key.der"
    sed -n 2p "$2" | base64 -d | tail -c 64 >"$work/signature"
    openssl dgst -blake2b512 -binary -out "$work/digest" "$3" || return 1
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/digest" -sigfile "$work/signature" >"$work/said" 2>&1
}

verify() {
    if command -v minisign >/dev/null; then
        minisign -V -q -P "$1" -x "$2" -m "$3" >/dev/null 2>&1
    elif command -v openssl >/dev/null; then
        verify_with_openssl "$1" "$2" "$3"
    else
        fail "neither minisign nor openssl is installed: the signature cannot be verified" "install one of them"
    fi
}

fetch SHA256SUMS || fail "there is no SHA256SUMS in $from" "name the directory of a release with --from"
if fetch SHA256SUMS.minisig 2>/dev/null; then
    [ -n "$public_key" ] || fail "the release is signed, and no public key is known" "name the maintainers' with --key"
    verify "$public_key" "$work/SHA256SUMS.minisig" "$work/SHA256SUMS" ||
        fail "the signature of SHA256SUMS is not that of the key $public_key: the release was changed, or is somebody else's"
    echo "the signature is that of $public_key"
elif $unsigned; then
    echo "warning: the release is not signed; its checksums tell damage, and no forgery" >&2
else
    fail "the release is not signed" "--unsigned installs it by its checksums alone"
fi

# --- the archive
archive=$(sed -n "s/^[0-9a-f]*  \(leviathan-[0-9][^/]*-linux-$architecture\.tar\.gz\)\$/\1/p" "$work/SHA256SUMS" | head -n 1)
[ -n "$archive" ] || fail "the release has no archive for $architecture"
fetch "$archive" || fail "$archive is not in $from"
(cd "$work" && grep -F "  $archive" SHA256SUMS | sha256sum --check --status) || fail "$archive is damaged: its checksum is not that of SHA256SUMS"
mkdir "$work/unpacked"
tar -xzf "$work/$archive" -C "$work/unpacked"
root=$work/unpacked/${archive%.tar.gz}
version=$("$root/bin/leviathan" version) || fail "the program does not run here" "it needs glibc 2.36 or newer; see: ldd --version"
command -v git >/dev/null || echo "warning: git is not installed, and Leviathan needs it" >&2

# --- into place: each file beside its place first, so that a program that runs is never half a file
mkdir -p "$prefix/share/leviathan"
: >"$work/installed"
put() {
    mkdir -p "$(dirname "$prefix/$2")"
    cp -- "$root/$1" "$prefix/$2.new"
    mv -f -- "$prefix/$2.new" "$prefix/$2"
    printf '%s\n' "$2" >>"$work/installed"
}
for page in "$root"/share/man/man1/*; do put "share/man/man1/$(basename "$page")" "share/man/man1/$(basename "$page")"; done
put share/bash-completion/completions/leviathan share/bash-completion/completions/leviathan
put share/zsh/vendor-completions/_leviathan share/zsh/site-functions/_leviathan
put share/fish/vendor_completions.d/leviathan.fish share/fish/vendor_completions.d/leviathan.fish
put bin/leviathan bin/leviathan
# What an older version had and this one has not.
if [ -f "$list" ]; then
    while IFS= read -r file; do grep -qxF -- "$file" "$work/installed" || rm -f -- "$prefix/$file"; done <"$list"
fi
cp "$work/installed" "$list"

echo "$version is in $prefix/bin"
case :$PATH: in *":$prefix/bin:"*) ;; *) echo "hint: put it into PATH: export PATH=\"$prefix/bin:\$PATH\"" ;; esac
echo "next: leviathan doctor"
