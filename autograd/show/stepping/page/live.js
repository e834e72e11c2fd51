// The graph of the page, with the numbers of its leaves. What there is to say of it is in the element
// "script" (web_page.py says how). A live graph is worked out in passes.js,
// with the functions of its ops in CALCULUS; a recording comes with its events and local derivatives.

const $ = (id) => document.getElementById(id);
const made = (kind, text = "") => Object.assign(document.createElement(kind), { textContent: text });
const { graph, words, drawings, first, recording, leaves, why } = JSON.parse($("script").textContent);
const { nodes } = graph;
const ROOT = nodes.length - 1;
const [DASH, NOTHING, WAITING, FINAL, EQUAL, UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED] = words;

const isConstant = (x) => nodes[x].kind === "constant";

// --- the numbers of the graph, and those that can be changed -----------------------------------

let data, locals, moves;
const given = nodes.map((node) => float(node.data)); // of the leaves, and may be changed

// The leaves that can be changed; a constant without label goes by its number, which stays.
const inputs = recording ? [] : leaves.filter((node) => nodes[node].kind !== "constant" || nodes[node].label);
// The input that a box is of, if it is of one.
const inputOf = ({ group, outputs = [] }) => (group || !inputs.includes(outputs[0]) ? undefined : outputs[0]);
