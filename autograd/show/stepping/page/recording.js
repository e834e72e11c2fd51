// A recording: everything was worked out in Python (page_data.py says how). For every event there are its
// words, and for every drawing where its marks are and which rows say something else from this event on.

const $ = (id) => document.getElementById(id);
const { root, backward, first, events, drawings, texts } = JSON.parse($("script").textContent);
// The texts that are known by their places.
const [DASH, NOTHING, WAITING, FINAL, EQUAL, UPSTREAM, RECEIVES, INSIDE, ADDS] = texts.keys();

// A text is a string, or a pair: as shown, and exactly.
const said = (text) => [texts[text]].flat();

const count = () => events.length;
const eventAt = (place) => events[place];
const marksAt = ({ frames }, place) => frames[place];
const idleAt = () => [];
const inputOf = () => undefined; // nothing can be changed
const insideAt = ({ inside }, place) => inside?.[place] ?? NOTHING;

// What each row says after some events; a row is 4 · box + its place, or behind all these a label.
const rowsAt = ({ frames }, last) => {
  const says = new Map();
  for (let place = 0; place <= last; place++) {
    const frame = frames[place];
    for (let i = events[place].length > 3 ? 3 : 1; i < frame.length; i += 2) says.set(frame[i], frame[i + 1]);
  }
  return says;
};
