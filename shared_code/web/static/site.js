// Small help where there is script; every page works without it.
(function () {
  "use strict";
  // What moves by itself pauses while nobody looks at the page.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var moves = event.target.getAttribute && event.target.getAttribute("data-moves");
    if (moves !== null && document.hidden) { event.preventDefault(); }
  });
  // “All” ticks every box of its form.
  document.addEventListener("change", function (event) {
    var all = event.target;
    if (!all.matches || !all.matches("input[data-all]")) { return; }
    all.form.querySelectorAll("input[type=checkbox][name=record], input[type=checkbox][name=pair]").forEach(function (box) { box.checked = all.checked; });
  });
  // What takes a while says so as soon as it is asked for.
  document.addEventListener("submit", function (event) {
    event.target.querySelectorAll("[data-while-sent]").forEach(function (each) { each.hidden = false; });
  });
  document.querySelectorAll("[data-with-script]").forEach(function (each) { each.hidden = false; });
})();
