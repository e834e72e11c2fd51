
// --- a recording says why it is one -----------------------------------------------------------

write("why", why);
show(at);
