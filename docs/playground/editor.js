// The editor: a text area with the numbers of its lines, and keys that indent.

const [text, lines] = ["text", "lines"].map((id) => document.getElementById(id));

function number() {
  const count = text.value.split("\n").length;
  if (lines.childElementCount === count) return;
  lines.replaceChildren(...Array.from({ length: count }, (_, i) => {
    const line = document.createElement("span");
    line.textContent = String(i + 1);
    return line;
  }));
}

/** Mark a line, or none; the numbers beside the text are as many as its lines. */
export function mark(line) {
  number();
  [...lines.children].forEach((each, i) => each.classList.toggle("wrong", i + 1 === line));
}

/** Select a line. */
export function select(line) {
  const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1);
  text.focus();
  text.setSelectionRange(before, before + text.value.split("\n")[line - 1].length);
  text.scrollTop = (line - 4) * 21;
}

/** Put a text in the place of a selection, so that the browser can undo it. */
function insert(more, from = text.selectionStart, to = text.selectionEnd) {
  text.setSelectionRange(from, to);
  if (more) document.execCommand("insertText", false, more);
  else document.execCommand("delete");
}

function indent(back) {
  const { value, selectionStart: from, selectionEnd: to } = text;
  if (!back && from === to) {
    insert(" ".repeat(4 - (from - (value.lastIndexOf("\n", from - 1) + 1)) % 4));
    return;
  }
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const old = value.slice(start, to);
  const moved = old.replace(back ? /^ {1,4}/gm : /^(?=.)/gm, back ? "" : "    ");
  if (moved === old) return;
  insert(moved, start, to);
  text.setSelectionRange(start, start + moved.length);
}

let leaving = false; // Esc was pressed: the next Tab leaves the editor

/** What a key does in the editor. Ctrl+Enter calls `run`. */
export function press(event, run) {
  const before = text.value.slice(0, text.selectionStart);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  } else if (event.key === "Tab" && !leaving && !event.altKey && !event.ctrlKey) {
    event.preventDefault();
    indent(event.shiftKey);
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    const line = before.slice(before.lastIndexOf("\n") + 1);
    insert("\n" + line.match(/^ */)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : ""));
  }
  leaving = event.key === "Escape" || (leaving && ["Shift", "Tab"].includes(event.key));
}
