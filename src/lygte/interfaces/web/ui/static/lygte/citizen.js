// Leaving quickly leaves nothing behind the back button.
import "./print.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-leave]");
  if (!link) return;
  event.preventDefault();
  document.body.hidden = true;
  location.replace(link.href);
});
