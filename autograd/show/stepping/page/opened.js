
// --- the first drawing --------------------------------------------------------------------------

unfold(first);
// In a notebook there may be no layout yet, and so nothing to scroll to.
new ResizeObserver(() => levels[level].follow()).observe(view);
