#!/usr/bin/env bash
# Installs what `make test-real` needs beyond PyPI: the PDS (Node packages), WordPress and Chromium.
# Running it again changes nothing. It fails, never skips, when something cannot be had.
# Packages go to $BOOKPLATE_REAL_DIR, by default .cache/real in the repository.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${BOOKPLATE_REAL_DIR:-$root/.cache/real}
modules=$cache/node
stamp=$modules/.installed

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

retry() {
    local try
    for try in 1 2 3; do
        if "$@"; then return 0; fi
        echo "install.sh: try $try of 3 failed: $*" >&2
        if [ "$try" -lt 3 ]; then sleep $((try * 3)); fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "root is needed for: $*"
    fi
}

# need_command COMMAND PACKAGE…: install the Debian packages if the command is missing.
updated=no
need_command() {
    local command=$1
    shift
    if command -v "$command" >/dev/null; then return 0; fi
    command -v apt-get >/dev/null || fail "$command is missing, and there is no apt-get to install $*"
    if [ "$updated" = no ]; then
        retry as_root apt-get update -qq || fail "apt-get update failed"
        updated=yes
    fi
    retry as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" ||
        fail "could not install the Debian packages $*"
    command -v "$command" >/dev/null || fail "$command is still missing after installing $*"
}

# need_file FILE PACKAGE…: the same for what brings no command.
need_file() {
    local file=$1
    shift
    if [ -e "$file" ]; then return 0; fi
    command -v apt-get >/dev/null || fail "$file is missing, and there is no apt-get to install $*"
    if [ "$updated" = no ]; then
        retry as_root apt-get update -qq || fail "apt-get update failed"
        updated=yes
    fi
    retry as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" ||
        fail "could not install the Debian packages $*"
    [ -e "$file" ] || fail "$file is still missing after installing $*"
}

check_node() {
    local major
    major=$(node -p 'process.versions.node.split(".")[0]')
    [ "$major" -ge 20 ] || fail "Node 20 or later is needed, this is $(node --version)"
}

# What the installed packages depend on: a change of either means to install anew.
fingerprint() {
    { cat "$here/node/package.json"; node --version; } | sha256sum | cut -d' ' -f1
}

# Loads the native module for real: a package folder alone does not prove that it was compiled.
pds_works() {
    (cd "$modules" && node -e '
        const Database = require("better-sqlite3")
        new Database(":memory:").prepare("select 1").get()
        require("@atproto/pds")
        require("@did-plc/lib")
    ')
}

npm_install() {
    # The native module is compiled here: its prebuilt binary is on no package registry.
    # Compiling needs Node's headers; those of the installed Node spare their download.
    local headers
    headers=$(dirname "$(dirname "$(node -p 'fs.realpathSync(process.execPath)')")")
    if [ -f "$headers/include/node/node.h" ]; then export npm_config_nodedir=$headers; fi
    (
        cd "$modules"
        npm_config_build_from_source=true npm_config_jobs=max \
            npm install --no-package-lock --no-audit --no-fund --loglevel=error
    )
}

install_pds() {
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] && pds_works; then
        echo "install.sh: the PDS is installed already"
        return 0
    fi
    rm -rf "$modules"
    mkdir -p "$modules"
    cp "$here/node/package.json" "$modules/"
    echo "install.sh: installing the PDS; compiling SQLite takes about two minutes"
    retry npm_install || fail "npm could not install the PDS"
    pds_works || fail "the PDS was installed but does not load"
    fingerprint >"$stamp"
}

need_command node nodejs
need_command npm npm
need_command make make
need_command g++ g++
need_command python3 python3
check_node
install_pds
need_command php php-cli php-mysql php-xml
need_command mariadbd mariadb-server
need_file /usr/share/wordpress/wp-content/themes/twentytwentyone \
    wordpress wordpress-theme-twentytwentyone php-mysql php-xml
need_command chromium chromium
chromium --version >/dev/null || fail "chromium does not start"
echo "install.sh: all there"
