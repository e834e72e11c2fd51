
// --- the state that the address asks for -------------------------------------------------------

onhashchange = recall;
if (location.hash) recall();
else fill();
