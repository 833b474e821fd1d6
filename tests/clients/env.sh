# Sourced after odoo/env.sh: where the MCP clients of the tests are.
CLIENTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NODE_WANTED=22.19   # the inspector's

new_enough() { # new_enough NODE
  command -v "$1" >/dev/null && "$1" -e '
    const [major, minor] = process.versions.node.split(".").map(Number), [a, b] = process.argv[1].split(".").map(Number);
    process.exit(major > a || (major === a && minor >= b) ? 0 : 1)' "$NODE_WANTED" 2>/dev/null
}
clients_home() { # the parts of the cache that belong together; without a Node where the machine has one
  echo "$CACHE/clients/$(hash_of "$CLIENTS/package-lock.json" "$CLIENTS/requirements.txt" "=$(find_python)" "=$(new_enough node && echo own)")"
}
clients_node() { # clients_node FOLDER: the Node that runs what is there
  local node
  for node in "$1"/node_modules/node-linux-*/bin/node; do [ ! -x "$node" ] || { echo "$node"; return; }; done
  command -v node || true
}
