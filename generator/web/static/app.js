/* Small helps on top of pages that work without them. */
(function () {
  "use strict";
  // cells with findings are marked after each check
  document.addEventListener("htmx:afterSwap", function () {
    var said = document.getElementById("said"), table = document.getElementById("sheet");
    if (!said || !table || said.getAttribute("data-checking") === "yes") { return; }
    var wrong = (said.getAttribute("data-marked") || "").split(" ");
    Array.prototype.forEach.call(table.querySelectorAll("td[id]"), function (place) {
      var is = wrong.indexOf(place.id) >= 0;
      place.classList.toggle("marked", is);
      var field = place.querySelector("input, select, textarea");
      if (field) { if (is) { field.setAttribute("aria-invalid", "true"); } else { field.removeAttribute("aria-invalid"); } }
    });
    document.dispatchEvent(new CustomEvent("cells-shown"));
  });
  // Enter goes down, as in a spreadsheet
  document.addEventListener("keydown", function (event) {
    var cell = event.target;
    if (event.key !== "Enter" || !cell.matches || !cell.matches("form[data-cells] input")) { return; }
    event.preventDefault();
    var found = /^c:([A-Z]+)(\d+)$/.exec(cell.name);
    for (var step = 1; found && step < 30; step++) {
      var next = cell.form.elements["c:" + found[1] + (Number(found[2]) + step)];
      if (next) { next.focus(); if (next.select) { next.select(); } return; }
    }
    cell.blur();
  });
  // what is typed and not saved yet; forms that only look for something do not count
  function shownFirst(field) {
    if (field.hasAttribute("data-was")) { return field.getAttribute("data-was"); }
    if (field.name === "text" && field.form.elements.was) { return field.form.elements.was.value; }
    if (field.tagName !== "SELECT") { return field.defaultValue; }
    var usual = Array.prototype.filter.call(field.options, function (o) { return o.defaultSelected; })[0] || field.options[0];
    return usual ? usual.value : "";
  }
  function unsaved() {
    var all = "main form[method=post] input, main form[method=post] textarea, main form[method=post] select";
    return Array.prototype.filter.call(document.querySelectorAll(all), function (field) {
      if (field.type === "hidden") { return false; }
      if (field.type === "file") { return field.files.length > 0; }
      if (field.type === "checkbox" || field.type === "radio") { return field.checked !== field.defaultChecked; }
      return field.value.replace(/\r\n/g, "\n") !== shownFirst(field).replace(/\r\n/g, "\n");
    });
  }
  // when work has ended the page loads anew, but never over what somebody is typing
  function placeOf(field) {
    if (!field || field === document.body) { return ""; }
    if (field.id) { return "#" + CSS.escape(field.id); }
    if (field.name) { return "[name=" + CSS.escape(field.name) + "]"; }
    return field.getAttribute("href") ? "a[href=" + CSS.escape(field.getAttribute("href")) + "]" : "";
  }
  document.addEventListener("work-ended", function () {
    var here = document.activeElement, typing = here && /^(INPUT|TEXTAREA|SELECT)$/.test(here.tagName) && here.closest("form[method=post]");
    if (typing || unsaved().length) {
      var panel = document.getElementById("progress"), note = document.createElement("div");
      note.className = "notice";
      note.setAttribute("role", "status");
      note.innerHTML = "<p>处理完了，有新的结果。您正在填写的内容没有动，保存后<a href=\"\">刷新本页</a>就能看到。</p>";
      if (panel) { panel.appendChild(note); }
      return;
    }
    try { sessionStorage.setItem("focus", JSON.stringify([location.href, placeOf(here)])); } catch (e) { /* no matter */ }
    leaving = true;
    location.reload();
  });
  try {
    var kept = JSON.parse(sessionStorage.getItem("focus") || "[]");
    sessionStorage.removeItem("focus");
    if (kept[0] === location.href && kept[1] && document.querySelector(kept[1])) { document.querySelector(kept[1]).focus({ preventScroll: true }); }
  } catch (e) { /* older */ }
  // leaving with words unsaved: the browser asks first
  var leaving = false;
  ["submit", "leaving"].forEach(function (name) { document.addEventListener(name, function (event) {
    if (event.defaultPrevented) { return; }
    leaving = true;
    setTimeout(function () { leaving = false; }, 3000);
  }); });
  window.addEventListener("beforeunload", function (event) {
    if (leaving || !unsaved().some(function (field) { return field.tagName === "TEXTAREA" && !field.form.hasAttribute("data-cells"); })) { return; }
    event.preventDefault();
    event.returnValue = "";
  });
  // the chosen number
  document.addEventListener("click", function (event) {
    var number = event.target.closest && event.target.closest("a.num");
    if (!number) { return; }
    Array.prototype.forEach.call(document.querySelectorAll("a.num.chosen"), function (a) { a.classList.remove("chosen"); });
    number.classList.add("chosen");
  });
  // drag and drop onto the upload
  Array.prototype.forEach.call(document.querySelectorAll(".drop"), function (drop) {
    var file = drop.querySelector("input[type=file]");
    ["dragover", "dragenter"].forEach(function (name) { drop.addEventListener(name, function (e) { e.preventDefault(); drop.classList.add("over"); }); });
    drop.addEventListener("dragleave", function () { drop.classList.remove("over"); });
    drop.addEventListener("drop", function (e) {
      e.preventDefault(); drop.classList.remove("over");
      if (e.dataTransfer.files.length) { file.files = e.dataTransfer.files; }
    });
  });
})();
