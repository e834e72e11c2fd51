
// --- the theme: that of the reader's system, or of the page around; or light, or dark -----------

{
  const THEMES = ["auto", "light", "dark"];
  let theme = 0;
  $("theme").onclick = () => {
    theme = (theme + 1) % 3;
    document.documentElement.style.colorScheme = theme ? THEMES[theme] : "light dark";
    $("theme").textContent = "Theme: " + THEMES[theme];
  };
}
