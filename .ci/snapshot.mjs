// The memory of a Python that has imported autograd, for a page that starts with it:
// node snapshot.mjs FOLDER_OF_PYODIDE FILES.json BEGIN.py MEMORY
//
// Starting Python and importing takes most of the time until a page is ready; its memory after
// that is the same each time. Only a Pyodide of the same files can take it over.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [folder, files, begin, memory] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(folder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: resolve(folder), _makeSnapshot: true });
for (const [path, text] of Object.entries(JSON.parse(readFileSync(files, "utf-8")))) {
  python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  python.FS.writeFile(path, text);
}
python.runPython(readFileSync(begin, "utf-8"));
writeFileSync(memory, python.makeMemorySnapshot());
