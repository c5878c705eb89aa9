"use strict";
/* Only comfort: without it everything can be read. */
(function () {
  var root = document.documentElement;
  var dark = matchMedia("(prefers-color-scheme: dark)");
  function button(text, label, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }
  var theme = button("Light or dark", "", function () {
    var shown = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = shown === "dark" ? "light" : "dark";
  });
  document.querySelector("nav").appendChild(theme);
  document.querySelectorAll("figure").forEach(function (figure) {
    var box = figure.querySelector(".scroll");
    var svg = figure.querySelector("svg");
    var caption = box.getAttribute("aria-label");
    var scale = 1;
    function zoom(by) {
      var middle = (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth;
      scale = by ? Math.min(8, Math.max(1, scale * by)) : 1;
      svg.style.width = scale > 1 ? 100 * scale + "%" : "";
      svg.style.maxWidth = scale > 1 ? "none" : "";
      box.scrollLeft = middle * box.scrollWidth - box.clientWidth / 2;
    }
    var tools = document.createElement("div");
    tools.className = "tools";
    tools.appendChild(button("−", "Zoom out of: " + caption, function () { zoom(0.5); }));
    tools.appendChild(button("+", "Zoom into: " + caption, function () { zoom(2); }));
    tools.appendChild(button("Whole", "Show all of: " + caption, function () { zoom(0); }));
    figure.insertBefore(tools, box);
  });
  addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (each) { each.open = true; });
  });
})();
