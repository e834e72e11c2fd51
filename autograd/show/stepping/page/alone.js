// A training whose graph is too large to be drawn: what the player of a drawn one has.

const $ = (id) => document.getElementById(id);
const made = (kind, text = "") => Object.assign(document.createElement(kind), { textContent: text });
$("title").textContent = document.title;
{
  const THEMES = ["auto", "light", "dark"];
  let theme = 0;
  $("theme").onclick = () => {
    theme = (theme + 1) % 3;
    document.documentElement.style.colorScheme = theme ? THEMES[theme] : "light dark";
    $("theme").textContent = "Theme: " + THEMES[theme];
  };
  $("picking").hidden = true;
}
