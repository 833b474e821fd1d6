# Sourced after tests/odoo/env.sh and tests/build.sh: what is built, as a .deb and a .tar.gz. Compiles nothing, so the tests
# assemble the very files that they run. Needs $PACKAGE, $FRONT_BINARY, $PG_MAJOR and $PGRX_PG_CONFIG_PATH.
#
# The same input makes the same bytes: one time for all files (SOURCE_DATE_EPOCH, else the last commit's), root's, sorted.

PACKAGING=$REPO/packaging
DEBIAN_REVISION=1

release_time() {
  [ -z "${SOURCE_DATE_EPOCH:-}" ] || { echo "$SOURCE_DATE_EPOCH"; return; }
  git -C "$REPO" log -1 --format=%ct 2>/dev/null || stat -c %Y "$REPO/CHANGELOG.md"
}
architecture() { if command -v dpkg >/dev/null; then dpkg --print-architecture; else uname -m; fi; }

collect_parts() { # collect_parts FOLDER: what is built, in the layout that install.sh knows; symbols are left out
  local libraries extensions
  libraries=$PACKAGE$("$PGRX_PG_CONFIG_PATH" --pkglibdir) extensions=$PACKAGE$("$PGRX_PG_CONFIG_PATH" --sharedir)/extension
  install -d "$1/lib" "$1/extension" "$1/bin"
  install -m 644 "$libraries/pg_odoo_mcp.so" "$1/lib/"
  install -m 644 "$extensions"/pg_odoo_mcp.control "$extensions"/pg_odoo_mcp--*.sql "$1/extension/"
  install -m 755 "$FRONT_BINARY" "$1/bin/"
  echo "$PG_MAJOR" >"$1/PG_MAJOR"
  strip --strip-unneeded "$1/lib/pg_odoo_mcp.so" "$1/bin/odoo-mcp"
}
third_party() { # the crates that are in the programs, and each of their licence texts once
  local crate version licence folder file hash
  declare -A crates=() texts=()
  echo "The programs contain these crates:"; echo
  while read -r crate version licence; do
    echo "$crate ${version#v}: $licence"
    for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$crate-${version#v}"; do
      for file in "$folder"/LICEN[SC]E* "$folder"/COPYING* "$folder"/NOTICE*; do
        [ -f "$file" ] || continue
        hash=$(sha256sum <"$file")
        crates[$hash]+=" $crate" texts[$hash]=$file
      done
    done
  done < <(cd "$REPO" && cargo tree -q --locked --offline -p pg_odoo_mcp -p "$(front_crate)" --no-default-features --features "pg$PG_MAJOR" \
    -e normal --prefix none --format '{p} {l}' | sed 's/ (\(\/[^)]*\|proc-macro\|\*\))//g' | grep -v -e '^$' -e " v$(project_version) Apache-2.0$" | LC_ALL=C sort -u)
  for hash in $(printf '%s\n' "${!crates[@]}" | cut -d' ' -f1 | LC_ALL=C sort); do
    printf '\n%s\n%s:\n\n' "------------------------------------------------------------" "${crates["$hash  -"]# }"
    cat "${texts["$hash  -"]}"
  done
}
pages() { # pages FOLDER: what an operator reads
  third_party >"$1/THIRD-PARTY.txt"
  install -m 644 "$REPO/README.md" "$REPO/LICENSE" "$REPO/CHANGELOG.md" "$1/"
  cp -r "$REPO/doc" "$1/doc"
}
units() { # units FOLDER: the unit, the one for further databases, which reads another settings file, and the scan with its timer
  install -m 644 "$PACKAGING/odoo-mcp.service" "$PACKAGING/odoo-mcp-scan.service" "$PACKAGING/odoo-mcp-scan.timer" "$1/"
  sed 's#odoo-mcp/odoo-mcp\.toml#odoo-mcp/%i.toml#; s/^Description=.*/& (%i)/' "$PACKAGING/odoo-mcp.service" >"$1/odoo-mcp@.service"
  chmod 644 "$1/odoo-mcp@.service"
}
stamp() { # stamp FOLDER: whatever the umask and the clock were
  chmod -R u=rwX,go=rX "$1"
  # a password will be in it
  [ ! -e "$1/etc" ] || chmod 640 "$1/etc/odoo-mcp/odoo-mcp.toml"
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

make_tar() { # make_tar PARTS OUT: prints the archive's name
  local name tree
  name=odoo-mcp-$(project_version)-pg$PG_MAJOR-linux-$(uname -m)
  tree=$1/../$name
  cp -a "$1" "$tree"
  install -m 755 "$PACKAGING/install.sh" "$tree/install.sh"
  units "$tree"
  install -m 644 "$PACKAGING/odoo-mcp.toml" "$tree/"
  pages "$tree"
  stamp "$tree"
  tar -C "$tree/.." --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -c "$name" | gzip -9n >"$2/$name.tar.gz"
  echo "$2/$name.tar.gz"
}

shared_libraries() { # shared_libraries FILE…: the packages that the programs need, as Debian writes them
  local work found
  if command -v dpkg-shlibdeps >/dev/null; then
    work=$(mktemp -d)
    mkdir "$work/debian"
    printf 'Source: pg-odoo-mcp\n\nPackage: odoo-mcp\nArchitecture: any\n' >"$work/debian/control"
    # the server itself has what the library asks of it: no warning about that
    found=$(cd "$work" && dpkg-shlibdeps --warnings=0 -O "$@" | sed -n 's/^shlibs:Depends=//p')
    rm -rf "$work"
    echo "$found"
  else   # what it would say: the newest version of a symbol
    found=$(objdump -T "$@" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -V | tail -1)
    echo "libc6 (>= $found), libgcc-s1 (>= 4.2)"
  fi
}
make_deb() { # make_deb PARTS OUT: prints the package's name
  local parts=$1 name tree libraries extensions page
  name=postgresql-$PG_MAJOR-odoo-mcp
  tree=$parts/../$name page=usr/share/doc/$name
  libraries=$tree$("$PGRX_PG_CONFIG_PATH" --pkglibdir) extensions=$tree$("$PGRX_PG_CONFIG_PATH" --sharedir)/extension
  install -d "$libraries" "$extensions" "$tree/usr/bin" "$tree/usr/lib/systemd/system" "$tree/etc/odoo-mcp" "$tree/$page" "$tree/DEBIAN"
  install -m 644 "$parts"/lib/* "$libraries/"
  install -m 644 "$parts"/extension/* "$extensions/"
  install -m 755 "$parts"/bin/odoo-mcp "$tree/usr/bin/"
  units "$tree/usr/lib/systemd/system"
  install -m 640 "$PACKAGING/odoo-mcp.toml" "$tree/etc/odoo-mcp/"
  pages "$tree/$page"
  install -m 644 "$PACKAGING/debian/copyright" "$tree/$page/"
  install -m 755 "$PACKAGING"/debian/p* "$tree/DEBIAN/"
  echo /etc/odoo-mcp/odoo-mcp.toml >"$tree/DEBIAN/conffiles"
  sed -e "s/@PACKAGE@/$name/; s/@VERSION@/$(project_version)-$DEBIAN_REVISION/; s/@ARCHITECTURE@/$(architecture)/; s/@MAJOR@/$PG_MAJOR/" \
    -e "s/@SHLIBS@/$(shared_libraries "$tree/usr/bin/odoo-mcp" "$libraries/pg_odoo_mcp.so")/" \
    -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$tree" | cut -f1)/" \
    -e "s/@PACKAGE@/$name/; s/@MAJOR@/$PG_MAJOR/" "$PACKAGING/debian/control.in" >"$tree/DEBIAN/control"
  ( cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort | grep -v ^etc/ | xargs md5sum ) >"$tree/DEBIAN/md5sums"
  stamp "$tree"
  dpkg-deb --root-owner-group --build "$tree" "$2/${name}_$(project_version)-${DEBIAN_REVISION}_$(architecture).deb" >/dev/null
  echo "$2/${name}_$(project_version)-${DEBIAN_REVISION}_$(architecture).deb"
}

paths_left() { # paths_left FILE…: how many texts in the programs still name a folder of this machine
  local file
  for file in "$@"; do strings -n 6 "$file"; done | grep -cF -e "$REPO/" -e "${CARGO_HOME:-$HOME/.cargo}/" || true
}

assemble() { # assemble OUT: the .deb (where there is dpkg-deb) and the .tar.gz in OUT; prints their names
  local out=$1 work left
  work=$(mktemp -d)
  mkdir -p "$out" "$work/parts"
  rm -f "$out"/*.deb "$out"/*.tar.gz
  export SOURCE_DATE_EPOCH; SOURCE_DATE_EPOCH=$(release_time)
  collect_parts "$work/parts"
  left=$(paths_left "$work"/parts/lib/* "$work"/parts/bin/*)
  [ "$left" = 0 ] || say "$left texts in the programs name folders of this machine: crates that were built before; a build in an empty target folder has none"
  make_tar "$work/parts" "$out"
  if command -v dpkg-deb >/dev/null; then make_deb "$work/parts" "$out"; else say "no dpkg-deb here: no .deb"; fi
  rm -rf "$work"
}
