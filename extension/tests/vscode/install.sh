#!/usr/bin/env bash
# install.sh FOLDER VERSION NODE_PREFIX: puts code-server VERSION (a VS Code with its workbench, for a browser) into FOLDER, from the npm registry alone.
# NODE_PREFIX has bin/node, lib/node_modules/npm and include/node. Needs python3, make and a C++ compiler. FOLDER/code-server starts it.
set -euo pipefail
folder=$1 version=$2 node_prefix=$3
rm -rf "$folder"
mkdir -p "$folder/tools"
cd "$folder"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

# A version of VS Code runs on the Node that it was built for.
case $version in
  4.100.*) wanted=20 ;;
  4.139.*) wanted=24 ;;
  *) echo "install.sh: which Node does code-server $version want? See engines.node of its package.json" >&2 && exit 2 ;;
esac
case $(uname -m) in
  x86_64) machine=x64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) echo "install.sh: no code-server for $(uname -m)" >&2 && exit 2 ;;
esac
npm() { node "$node_prefix/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
archive=$(PATH="$node_prefix/bin:$PATH" npm pack --silent "node-linux-$machine@$wanted" | tail -n 1) # headers included
mkdir node && tar xzf "$archive" -C node --strip-components=1 && rm "$archive"
export PATH="$folder/node/bin:$PATH" npm_config_nodedir="$folder/node"

echo '{"private":true}' >package.json
npm install --ignore-scripts "code-server@$version" # its own install script refuses to run as root
npm rebuild --foreground-scripts argon2
cd node_modules/code-server/lib/vscode
npm install --omit=dev --ignore-scripts # `npm ci` fails: its lock lacks a dependency
for module in @vscode/spdlog native-watchdog @vscode/native-watchdog @vscode/fs-copyfile; do
  if [ -d "node_modules/$module" ]; then npm rebuild --foreground-scripts "$module"; fi
done
if [ -d node_modules/node-pty ] && [ ! -e "node_modules/node-pty/prebuilds/linux-$machine/pty.node" ]; then
  (cd node_modules/node-pty && node "$node_prefix/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js" rebuild)
fi
if [ -d node_modules/@vscode/ripgrep ] && [ ! -e node_modules/@vscode/ripgrep/bin/rg ]; then
  # Its install script downloads a program; this package has it inside.
  npm install --ignore-scripts --no-save --prefix "$folder/tools" "@vscode/ripgrep-linux-$machine@1.18.0"
  mkdir -p node_modules/@vscode/ripgrep/bin
  cp "$folder/tools/node_modules/@vscode/ripgrep-linux-$machine/bin/rg" node_modules/@vscode/ripgrep/bin/rg
fi
rm -rf node_modules/@github node_modules/@microsoft/mxc-sdk # assistants' runtimes, 190 MB
cat >"$folder/code-server" <<'X'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/node/bin/node" "$here/node_modules/code-server/out/node/entry.js" "$@"
X
chmod +x "$folder/code-server"
"$folder/code-server" --version
