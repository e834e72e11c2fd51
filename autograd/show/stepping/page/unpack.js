// What a page begins with, and all of it that is not packed: signs, two for 13 bits (page_code.py has
// the digits), become bytes, and these, inflated, HTML. What is the page's own comes last in it, and
// is read before what all pages of its kind have in common.

if (!window.DecompressionStream) document.body.append("Use a browser of 2023 or later.");
// What would mean something in a page has a sign of its own: & a blank, < a !, and \ a ~.
const digits = new TextEncoder().encode("$packed").map((sign) => (sign < 34 ? sign * 22 - 701 : sign > 125 ? 57 : sign - 35));
const bytes = new Uint8Array($size);
for (let i = 0, at = 0, bits = 0, many = 0; at < $size; i += 2) {
  bits |= (digits[i] + digits[i + 1] * 91) << many;
  for (many += 13; many > 7; many -= 8, bits >>= 8) bytes[at++] = bits;
}
const inflated = new Response(bytes).body.pipeThrough(new DecompressionStream("deflate-raw"));
const html = (await new Response(inflated).text()).split("\0").reverse().join("");
document.body.replaceChildren(document.createRange().createContextualFragment(html));
