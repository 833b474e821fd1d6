# The install script that cargo-pgrx wrote, in one order: it comes out of pgrx in another one every time. First its head,
# then what `src/lib.rs` begins with (the schemas), then the functions in Rust by name, then the SQL files of `sql/schema`
# in the order in which `src/lib.rs` names them, which is their reading order. Functions in Rust need nothing but the schemas.
#
# A block is what stands between `<begin connected objects>` and `</end connected objects>`.
/^\/\* <begin connected objects> \*\/$/ { block = ""; key = ""; inside = 1 }
inside { block = block $0 "\n" }
inside && key == "" && /^-- [^ ]*\.rs:[0-9]+$/ {
  file = $2; sub(/:[0-9]+$/, "", file)
  line = $2; sub(/^.*:/, "", line)
  if (file ~ /\/src\/lib\.rs$/) key = sprintf("3 %06d", line)
  else key = sprintf("2 %s %06d", file, line)
}
inside && /^-- bootstrap$/ { key = "1" }
inside && /^CREATE SCHEMA IF NOT EXISTS / && key ~ /^3 / { sub(/^3/, "1", key) }
/^\/\* <\/end connected objects> \*\/$/ {
  if (key == "") key = "0"
  # two blocks of one place would lose one
  if (key in blocks) { print "script_order: two blocks at " key > "/dev/stderr"; failed = 1; exit 1 }
  keys[++count] = key; blocks[key] = block; inside = 0
}
END {
  if (failed) exit 1
  for (i = 2; i <= count; i++) {
    key = keys[i]
    for (j = i - 1; j >= 1 && (keys[j] "") > (key ""); j--) keys[j + 1] = keys[j]
    keys[j + 1] = key
  }
  for (i = 1; i <= count; i++) printf "%s%s", blocks[keys[i]], (i < count ? "\n" : "")
}
