// A training whose graph is too large to be drawn: what the player of a drawn one has.

const $ = (id) => document.getElementById(id);
const made = (kind, text = "") => Object.assign(document.createElement(kind), { textContent: text });
$("title").textContent = document.title;
$("picking").hidden = true;
