
// --- what is out of view and has no numbers yet takes a large drawing long to lay out: it can wait ---

const DEFERRED = 50; // boxes
{
  const { svg, parts } = (levels[first] = drawn(first));
  const { clientWidth, clientHeight } = view;
  const isFar = (part) => {
    const [x, y] = part.getAttribute("transform").match(/\d+/g);
    return x > clientWidth || y > clientHeight;
  };
  const far = [...svg.querySelectorAll(".locals"), ...parts.filter(isFar)].map((part) => [part, part.nextSibling]);
  if (far.length >= DEFERRED) {
    for (const [part] of far) part.remove();
    view.ariaBusy = true;
    setTimeout(() => {
      for (const [part, next] of far.reverse()) next.before(part);
      view.ariaBusy = false;
    }, 50);
  }
}
