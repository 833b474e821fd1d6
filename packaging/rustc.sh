#!/bin/sh
# cargo's RUSTC_WRAPPER for what is installed or packaged: the compiler, told to write no path of this machine into
# the programs (pgrx puts source paths into the texts of internal errors). Not RUSTFLAGS: cargo would build everything
# again in every folder, and again after each plain `cargo build --release`.
# WRAPPED_RUSTC_WRAPPER is the wrapper that was set before; REMAPPED_TARGET, REMAPPED_REPO and REMAPPED_CARGO are folders.
# The last mapping that fits wins, so the folder inside comes after the one around it.
exec $WRAPPED_RUSTC_WRAPPER "$@" --remap-path-prefix="$REMAPPED_CARGO=cargo" \
  --remap-path-prefix="$REMAPPED_REPO=pg_odoo_mcp" --remap-path-prefix="$REMAPPED_TARGET=target"
