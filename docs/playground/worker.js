// Python, in a thread of its own, so that the page stays alive and can end it.
import createModule from "./pyodide/pyodide.asm.mjs";
import { loadPyodide } from "./pyodide/pyodide.mjs";

const say = (kind, content) => postMessage({ kind, content });

/** A file of this page that was written with gzip. */
async function unpacked(name) {
  const file = await fetch(name);
  if (!file.ok) throw new Error(`${name} cannot be loaded (${file.status})`);
  return new Response(file.body.pipeThrough(new DecompressionStream("gzip")));
}

/** Pyodide with room for that memory, which is larger than the one that it begins with. */
async function roomy(settings, memory) {
  const module = await createModule(settings);
  const length = (await memory).byteLength;
  const needed = length - length % 65536; // whole pages: it has a short head
  while (module.HEAP8.length < needed) module._malloc(2 ** 20); // all in it is replaced
  return module;
}

/** Python with the memory that it had when it had imported autograd, and with its files. */
async function start() {
  say("state", "Loading Python…");
  const files = unpacked("files.bin").then((found) => found.json());
  const memory = unpacked("memory.bin").then((found) => found.arrayBuffer());
  memory.then(() => say("state", "Loading autograd…"), () => {});
  const python = await loadPyodide({
    _loadSnapshot: memory,
    createPyodideModule: (settings) => roomy(settings, memory),
    stdin: () => null,
  });
  for (const [path, text] of Object.entries(await files)) {
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, text);
  }
  return python.runPython("import json\nfrom playground.program import run\nlambda text, say: json.dumps(run(text, say))");
}

/** What is printed, in parts that are not too many for the page. */
function printer() {
  let text = "", last = 0;
  const flush = () => {
    if (text) say("printed", text);
    [text, last] = ["", Date.now()];
  };
  const print = (more) => {
    text += more;
    if (Date.now() - last > 50) flush();
  };
  return { print, flush };
}

const started = start();
started.then(() => say("ready"), (error) => say("failed", String(error)));

onmessage = async ({ data }) => {
  const run = await started;
  const { print, flush } = printer();
  try {
    const found = JSON.parse(run(data, print));
    flush();
    say("done", found);
  } catch (error) {
    flush();
    say("died", String(error));
  }
};
