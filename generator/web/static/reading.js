/* Reading the document: find in it, see where a number comes from beside the number, keep the place, print. */
(function () {
  "use strict";
  var page = document.querySelector(".published-page"), field = document.getElementById("find"), said = document.getElementById("found");
  if (!page) { return; }
  var blocks = page.querySelectorAll(".block"), hits = [], at = -1;
  function clear() { Array.prototype.forEach.call(page.querySelectorAll(".hit, .hit-here"), function (one) { one.classList.remove("hit", "hit-here"); }); }
  function look() {
    var words = field.value.trim();
    clear();
    hits = words ? Array.prototype.filter.call(blocks, function (one) { return one.textContent.indexOf(words) >= 0; }) : [];
    hits.forEach(function (one) { one.classList.add("hit"); });
    at = -1;
    said.textContent = !words ? "" : hits.length ? hits.length + " 段，回车看下一段" : "没有";
    if (hits.length) { next(1); }
  }
  function next(step) {
    if (!hits.length) { return; }
    if (at >= 0) { hits[at].classList.remove("hit-here"); }
    at = (at + step + hits.length) % hits.length;
    hits[at].classList.add("hit-here");
    hits[at].scrollIntoView({ block: "center" });
    said.textContent = "第 " + (at + 1) + " 段，共 " + hits.length + " 段";
  }
  field.addEventListener("input", look);
  field.addEventListener("keydown", function (event) { if (event.key === "Enter") { event.preventDefault(); next(event.shiftKey ? -1 : 1); } });

  // where a number comes from, beside the number; Esc goes back to it
  var box = document.getElementById("figure"), home = box.parentNode, number = null;
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target !== box) { return; }
    number = page.querySelector("a.num.chosen");
    if (!number || matchMedia("(max-width: 1000px)").matches) { return; }
    var frame = page.getBoundingClientRect(), p = number.getBoundingClientRect();
    page.appendChild(box);
    box.classList.add("in-place");
    box.style.top = p.bottom - frame.top + 6 + "px";
    box.style.left = Math.max(8, Math.min(p.left - frame.left - 40, frame.width - 380)) + "px";
  });
  function put() { if (box.parentNode === page) { box.classList.remove("in-place"); home.insertBefore(box, home.querySelector("h2").nextSibling); if (number) { number.focus({ preventScroll: true }); } } }
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { put(); } });
  document.addEventListener("click", function (event) { if (box.parentNode === page && !box.contains(event.target) && !event.target.closest("a.num")) { put(); } });

  // the place is kept over saving and loading anew
  var key = "juesuan:place:" + location.pathname;
  try {
    var kept = sessionStorage.getItem(key);
    if (kept && !location.hash && document.getElementById(kept)) { document.getElementById(kept).scrollIntoView({ block: "start" }); }
  } catch (e) { /* no memory */ }
  window.addEventListener("pagehide", function () {
    var first = Array.prototype.filter.call(blocks, function (one) { return one.getBoundingClientRect().bottom > 80; })[0];
    try { if (first && window.scrollY > 100) { sessionStorage.setItem(key, first.id); } else { sessionStorage.removeItem(key); } } catch (e) { /* no memory */ }
  });
  var print = document.querySelector("[data-print]");
  if (print) { print.addEventListener("click", function () { window.print(); }); }
})();
