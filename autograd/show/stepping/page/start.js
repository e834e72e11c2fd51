
// --- the state that the address asks for; a recording has none --------------------------------

if (recording) {
  write("why", why);
  show(at);
} else {
  onhashchange = recall;
  if (location.hash) recall();
  else fill();
}
