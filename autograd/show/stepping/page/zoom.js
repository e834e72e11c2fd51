
// --- the drawing: smaller, larger, and to fit ----------------------------------------------------

const SMALLEST = 0.1;
const LARGEST = 4;
const STEP = 1.25;
const READABLE = 0.6; // made smaller to fit, unless that is asked for
let zoom = 1;
let fits; // whether it is as large as there is room: if nothing is chosen, as long as it can be read

// Its parts keep their places: all that changes is how large a pixel is.
const scale = () => {
  const one = levels[level];
  const { svg } = one;
  const { width, height } = svg.viewBox.baseVal;
  const room = Math.min(1, view.clientWidth / width, view.clientHeight / height);
  if (fits ?? room > READABLE) zoom = room;
  $("fit").ariaPressed = !!fits;
  if (one.zoom === zoom) return; // else it would be laid out anew
  one.zoom = zoom;
  svg.setAttribute("width", width * zoom);
  svg.setAttribute("height", height * zoom);
};

// Another size; what is at a point of the window stays there.
const resize = (to, x, y) => {
  const { svg } = levels[level];
  const before = svg.getBoundingClientRect();
  const room = view.getBoundingClientRect();
  [x, y] = [x ?? room.left + room.width / 2, y ?? room.top + room.height / 2];
  fits = false;
  zoom = clamp(SMALLEST, to, LARGEST);
  scale();
  const after = svg.getBoundingClientRect();
  const by = (at, from, size) => after[from] + ((at - before[from]) / before[size]) * after[size] - at;
  view.scrollBy({ left: by(x, "left", "width"), top: by(y, "top", "height"), behavior: "instant" });
};
actions.smaller = () => resize(zoom / STEP);
actions.larger = () => resize(zoom * STEP);
actions.fit = () => {
  fits = !fits;
  if (!fits) zoom = 1;
  scale();
  levels[level].follow();
};
Object.assign(keys, { "-": "smaller", "+": "larger", "=": "larger", 0: "fit" });

// A pinch on a touchpad comes as a wheel with the control key, one on a screen as two fingers.
view.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  resize(zoom * Math.exp(-event.deltaY / 200), event.clientX, event.clientY);
}, { passive: false });
let pinched;
const fingers = ({ touches: [one, other] }) => [
  Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1,
  (one.clientX + other.clientX) / 2,
  (one.clientY + other.clientY) / 2,
];
view.addEventListener("touchstart", (event) => {
  if (event.touches.length === 2) pinched = zoom / fingers(event)[0];
});
view.addEventListener("touchmove", (event) => {
  if (event.touches.length !== 2) return;
  event.preventDefault();
  const [apart, x, y] = fingers(event);
  resize(pinched * apart, x, y);
}, { passive: false });

const centre = (part) => bring(view, part, true);

new ResizeObserver(scale).observe(view);
