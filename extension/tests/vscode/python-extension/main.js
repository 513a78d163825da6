const vscode = require("vscode");

exports.activate = () => {
  let selected = "";
  const changed = new vscode.EventEmitter();
  vscode.commands.registerCommand("testPython.select", (path) => {
    selected = path;
    changed.fire({ id: path, path, resource: undefined });
  });
  return {
    ready: Promise.resolve(),
    environments: {
      getActiveEnvironmentPath: () => ({ id: selected, path: selected }),
      resolveEnvironment: async () =>
        selected ? { id: selected, path: selected, executable: { uri: vscode.Uri.file(selected) } } : undefined,
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
};
