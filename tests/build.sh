# Sourced after odoo/env.sh with PURPOSE (demo, test): building the three crates. Cargo's target folder is the repository's unless CARGO_TARGET_DIR says otherwise.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET=${CARGO_TARGET_DIR:-$REPO/target}
PACKAGE=$TARGET/$PURPOSE-package                 # the extension's files, as they lie under /; demo and tests run side by side
FRONT_BINARY=$TARGET/release/odoo-mcp
export PATH="$CACHE/cargo/bin:$PATH"
# one pg_config for every cargo command: pgrx's bindings are built again when it changes
export PGRX_PG_CONFIG_PATH=$PG_SYSTEM/bin/pg_config
# never a developer's own list of servers
export PGRX_HOME=$CACHE/pgrx

need_rust() {
  command -v cargo >/dev/null || die "cargo is missing: install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$REPO/Cargo.toml") or newer"
}

cargo_pgrx_is_there() { # of the pinned version, built by the compiler that builds the extension
  [ "$(cargo-pgrx pgrx --version 2>/dev/null)" = "cargo-pgrx $CARGO_PGRX" ] \
    && grep -qF "$(rustc --version)" "$CACHE/cargo/.crates2.json" 2>/dev/null
}
install_cargo_pgrx() {
  cargo_pgrx_is_there || env -u CARGO_TARGET_DIR cargo install -q cargo-pgrx --version "=$CARGO_PGRX" --locked --force --root "$CACHE/cargo"
}
toolchain() {
  need_rust
  cargo_pgrx_is_there && return
  mkdir -p "$CACHE"
  export -f cargo_pgrx_is_there install_cargo_pgrx
  export CACHE CARGO_PGRX
  secs "cargo-pgrx $CARGO_PGRX" one_at_a_time cargo-pgrx bash -c install_cargo_pgrx
}

without_paths() { # without_paths COMMAND…: what is built has no path of this machine in it
  WRAPPED_RUSTC_WRAPPER=${RUSTC_WRAPPER:-} RUSTC_WRAPPER=$REPO/packaging/rustc.sh REMAPPED_TARGET=$TARGET REMAPPED_REPO=$REPO \
    REMAPPED_CARGO=${CARGO_HOME:-$HOME/.cargo} "$@"
}
package_extension() { # its log is long: only a failure shows it
  local script
  ( cd "$REPO" && without_paths cargo pgrx package -p pg_odoo_mcp --pg-config "$PGRX_PG_CONFIG_PATH" --out-dir "$PACKAGE" ) || return   # of a caller that goes on after errors, as logged does
  script=$(find "$PACKAGE" -name "pg_odoo_mcp--$(project_version).sql")
  awk -f "$REPO/packaging/script_order.awk" "$script" >"$script.ordered"
  mv "$script.ordered" "$script"
}
build_extension() {
  mkdir -p "$TARGET" "$PGRX_HOME"
  # not read, but where it is missing pgrx's bindings are built again every time
  [ -e "$PGRX_HOME/config.toml" ] || printf '[configs]\npg%s = "%s"\n' "$PG_MAJOR" "$PGRX_PG_CONFIG_PATH" >"$PGRX_HOME/config.toml"
  rm -rf "$PACKAGE"
  : >"$TARGET/$PURPOSE-extension.log"
  secs "build the extension" logged "$TARGET/$PURPOSE-extension.log" package_extension
}
build_front() {
  mkdir -p "$TARGET"
  : >"$TARGET/$PURPOSE-front.log"
  secs "build the front" logged "$TARGET/$PURPOSE-front.log" without_paths cargo build --manifest-path "$REPO/Cargo.toml" --release -p "$(front_crate)"
}
project_version() { sed -n 's/^version = "\(.*\)"/\1/p' "$REPO/Cargo.toml" | head -1; }
front_crate() { sed -n 's/^name = "\(.*\)"/\1/p' "$REPO/http_front/Cargo.toml" | head -1; }
install_extension() { # install_extension STACK: into its relocated PostgreSQL
  # a new file beside the old one: sessions have the library mapped, and writing into it would crash them
  cp -a --remove-destination "$PACKAGE/usr/lib/postgresql/$PG_MAJOR/lib/." "$1/postgresql/lib/postgresql/$PG_MAJOR/lib/"
  cp -a --remove-destination "$PACKAGE/usr/share/postgresql/$PG_MAJOR/extension/." "$1/postgresql/share/postgresql/$PG_MAJOR/extension/"
}
