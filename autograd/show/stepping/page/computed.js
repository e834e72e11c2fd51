
// --- the events of a live page, which works them out -------------------------------------------

compute();
