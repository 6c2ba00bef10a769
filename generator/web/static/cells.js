/* Typing into a sheet: each cell is saved when one leaves it; a block from Excel is pasted as a block; what could not be saved is
   seen, kept in this browser and tried again. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-cells]"), table = document.getElementById("sheet");
  if (!form || !table) { return; }
  var key = "cells:" + form.getAttribute("data-cells"), MOST = 1500;
  var pending = {};      // cell -> {text, was, v, seen, ready}: typed and not saved
  var sending = null;    // what is on its way
  var clashing = {};     // cells that wait for the person
  var pasted = [];       // blocks that can be taken back: [[cell, before, after], ...]
  var pause = 0, timer = null, stopped = "", saying = "";
  var tab = null, wanted = null;
  try { tab = sessionStorage.getItem("juesuan:tab"); if (!tab) { tab = String(Date.now()) + Math.random(); sessionStorage.setItem("juesuan:tab", tab); } } catch (e) { tab = "x"; }

  function fieldOf(cell) { return form.elements["c:" + cell]; }
  function cellOf(field) { return field && field.name && field.name.slice(0, 2) === "c:" ? field.name.slice(2) : ""; }
  function plain(text) { return (text || "").replace(/\r\n/g, "\n"); }
  function place(cell) { return document.getElementById(cell); }
  function count(of) { return Object.keys(of).length; }

  // ---------------------------------------------------------------- what is not saved is seen and kept
  function keep() {
    var all = kept.read(key) || {};
    if (count(pending)) { all[tab] = { at: Date.now(), cells: pending }; } else { delete all[tab]; }
    kept.write(key, count(all) ? all : null);
  }
  function show() {
    Array.prototype.forEach.call(table.querySelectorAll("td.unsaved"), function (td) { if (!pending[td.id]) { td.classList.remove("unsaved"); } });
    Object.keys(pending).forEach(function (cell) { if (place(cell)) { place(cell).classList.add("unsaved"); } });
    Array.prototype.forEach.call(table.querySelectorAll("td.clashing"), function (td) { td.classList.toggle("clashing", !!clashing[td.id]); });
    Object.keys(clashing).forEach(function (cell) { if (place(cell)) { place(cell).classList.add("clashing"); } });
    document.dispatchEvent(new CustomEvent("cells-shown"));
  }
  function focusOn(cell, open) {  // in the grid where there is one
    var there = { cell: cell, open: open };
    if (!document.getElementById("grid")) { fieldOf(cell).focus(); return; }
    wanted = there;
    document.dispatchEvent(new CustomEvent("cell-wanted", { detail: there }));
  }
  function say(text, more, kind) {
    var box = document.getElementById("unsaved");
    box.innerHTML = "";
    saying = kind || "";
    if (!text) { return; }
    var line = document.createElement("p"), frame = document.createElement("div");
    frame.className = "left-over";
    line.appendChild(document.createTextNode(text + " "));
    (more || []).forEach(function (entry) {
      var button = document.createElement("button");
      button.type = "button"; button.className = "plain"; button.textContent = entry[0];
      button.addEventListener("click", entry[1]);
      line.appendChild(button);
      line.appendChild(document.createTextNode(" "));
    });
    frame.appendChild(line);
    box.appendChild(frame);
  }
  function typed(field, ready) {
    var cell = cellOf(field), was = plain(field.getAttribute("data-was")), text = plain(field.value);
    if (!cell) { return; }
    delete clashing[cell];
    if (text === was && !(sending && sending[cell])) { delete pending[cell]; } else {
      var v = field.getAttribute("data-v");
      pending[cell] = { text: text, was: was, v: v === null ? "" : v, seen: field.getAttribute("data-seen") || form.elements.seen.value, ready: ready };
    }
    keep();
    show();
  }
  table.addEventListener("input", function (event) { typed(event.target, false); });
  table.addEventListener("change", function (event) { typed(event.target, true); flush(); });
  table.addEventListener("focusout", function (event) {
    var entry = pending[cellOf(event.target)];
    if (entry && !entry.ready) { entry.ready = true; keep(); flush(); }
  });

  // ---------------------------------------------------------------- saving
  function flush() {
    clearTimeout(timer);
    if (sending || stopped) { return; }
    var cells = Object.keys(pending).filter(function (cell) { return pending[cell].ready; }).slice(0, MOST);
    if (!cells.length) { return; }
    var body = new FormData(), groups = {};
    cells.forEach(function (cell) { groups[pending[cell].seen] = true; });
    var seen = Object.keys(groups)[0];
    cells = cells.filter(function (cell) { return pending[cell].seen === seen; });
    body.append("csrf", kept.token());
    body.append("sheet", form.elements.sheet.value);
    body.append("seen", seen);
    sending = {};
    cells.forEach(function (cell) {
      sending[cell] = pending[cell];
      body.append("c:" + cell, pending[cell].text);
      body.append("was:" + cell, pending[cell].was);
      if (pending[cell].v !== "") { body.append("v:" + cell, pending[cell].v); }
    });
    kept.request("POST", form.getAttribute("action"), body, function (status, text) {
      var mine = sending;
      sending = null;
      if (status === 200) { pause = 0; answered(mine, text); flush(); return; }
      if (status === 401) { kept.login(flush); waitingWords("登录已经过期"); return; }
      if (status === 0 || status === 429 || status >= 500) {
        pause = Math.min(pause ? pause * 2 : 1000, 30000);
        waitingWords(status === 429 ? "现在很忙" : "连不上服务器");
        timer = setTimeout(flush, pause);
        return;
      }
      var words = document.createElement("div");
      words.innerHTML = text;
      stopped = (words.querySelector(".problem") || words).textContent.trim() || "没有保存。";
      say(stopped + "填写的 " + count(pending) + " 格留在这一页上。", [["再试一次", function () { stopped = ""; flush(); }], ["放弃这几格", drop]]);
    });
  }
  function waitingWords(why) {
    say(why + "：有 " + count(pending) + " 格还没有保存，正在再试；已经留在这台电脑上，关掉或刷新本页也不会丢。", [["马上再试", function () { pause = 0; flush(); }]], "waiting");
  }
  function answered(mine, text) {
    var frame = document.createElement("div");
    frame.innerHTML = text;
    var fresh = frame.querySelector("#said"), old = document.getElementById("said");
    if (!fresh) { return; }
    var there = JSON.parse(fresh.getAttribute("data-cells") || "{}");
    old.parentNode.replaceChild(fresh, old);
    if (window.htmx) { window.htmx.process(fresh); }
    document.dispatchEvent(new CustomEvent("htmx:afterSwap"));
    Object.keys(mine).forEach(function (cell) {
      var field = fieldOf(cell), now = there[cell];
      if (!now) { clashing[cell] = mine[cell]; if (pending[cell] === mine[cell]) { delete pending[cell]; } return; }
      if (field) {
        field.setAttribute("data-was", now[0]);
        field.setAttribute("data-v", String(now[1]));
        var hidden = form.elements["was:" + cell];
        if (hidden) { hidden.value = now[0]; }
      }
      if (pending[cell] === mine[cell] || !pending[cell]) {
        delete pending[cell];
        if (field && plain(field.value) === mine[cell].text && now[0] !== mine[cell].text && field !== document.activeElement) { field.value = now[0]; }
      } else { pending[cell].was = now[0]; pending[cell].v = String(now[1]); }  // typed on meanwhile, alone
    });
    keep();
    show();
    if (count(clashing)) { say("有 " + count(clashing) + " 格没有保存，请在右边定下用哪一个。"); return; }
    if (!count(pending) && saying === "waiting") { lastPaste(); }
  }
  function drop() {
    Object.keys(pending).forEach(function (cell) { var field = fieldOf(cell); if (field) { field.value = field.getAttribute("data-was"); } });
    pending = {};
    stopped = "";
    keep();
    show();
    say("");
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    Array.prototype.forEach.call(form.elements, function (field) { if (cellOf(field) && plain(field.value) !== plain(field.getAttribute("data-was"))) { typed(field, true); } });
    stopped = "";
    if (!count(pending)) { say("没有改动过的格子。"); }
    flush();
  });
  // both are shown, the person decides
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-use]");
    if (!button) { return; }
    event.preventDefault();
    var cell = button.getAttribute("data-cell"), field = fieldOf(cell), part = button.closest("form"), there = part.elements["was:" + cell].value;
    if (!field) { return; }
    field.setAttribute("data-was", there);
    field.setAttribute("data-v", part.elements["v:" + cell].value);
    delete clashing[cell];
    field.value = button.getAttribute("data-use") === "mine" ? part.elements["c:" + cell].value : there;
    part.parentNode.removeChild(part);
    typed(field, true);
    if (button.getAttribute("data-use") === "mine") { pending[cell] = { text: plain(field.value), was: there, v: field.getAttribute("data-v"), seen: form.elements.seen.value, ready: true }; }
    if (!count(clashing)) { say(""); }
    keep();
    show();
    flush();
    focusOn(cell);
  });

  // ---------------------------------------------------------------- blocks from a spreadsheet
  function block(text) {
    var rows = [[]], word = "", quoted = false, k;
    text = plain(text).replace(/\r/g, "\n");
    for (k = 0; k < text.length; k++) {
      var c = text.charAt(k);
      if (quoted) { if (c === "\"" && text.charAt(k + 1) === "\"") { word += c; k++; } else if (c === "\"") { quoted = false; } else { word += c; } }
      else if (c === "\"" && word === "") { quoted = true; }
      else if (c === "\t") { rows[rows.length - 1].push(word); word = ""; }
      else if (c === "\n") { rows[rows.length - 1].push(word); word = ""; rows.push([]); }
      else { word += c; }
    }
    rows[rows.length - 1].push(word);
    if (rows.length > 1 && rows[rows.length - 1].length === 1 && rows[rows.length - 1][0] === "") { rows.pop(); }
    return rows;
  }
  function column(letters) { var n = 0; letters.split("").forEach(function (l) { n = n * 26 + l.charCodeAt(0) - 64; }); return n; }
  function letters(n) { var out = ""; while (n > 0) { out = String.fromCharCode(65 + (n - 1) % 26) + out; n = Math.floor((n - 1) / 26); } return out; }
  function put(field, text) {
    if (field.readOnly || field.disabled) { return false; }
    if (field.tagName !== "SELECT") { field.value = text; return true; }
    var found = Array.prototype.filter.call(field.options, function (o) { return o.text.trim() === text; })[0];
    if (found) { field.value = found.value; }
    return !!found;
  }
  function paste(start, text) {
    var from = /^([A-Z]+)(\d+)$/.exec(start), rows = block(text), done = [], left = 0;
    rows.forEach(function (row, r) {
      row.forEach(function (word, c) {
        var cell = letters(column(from[1]) + c) + (Number(from[2]) + r), field = fieldOf(cell), before = field ? field.value : "";
        word = word.trim();
        if (!field || !put(field, word)) { if (word) { left++; } return; }
        if (plain(before) !== plain(field.value)) { done.push([cell, before, field.value]); typed(field, true); }
      });
    });
    if (done.length) { pasted.push(done); }
    form.setAttribute("data-pasted", done.length + " " + left);
    lastPaste();
    flush();
  }
  function lastPaste() {
    var done = pasted[pasted.length - 1], counts = (form.getAttribute("data-pasted") || "0 0").split(" ");
    if (stopped || count(clashing)) { return; }
    if (!done && counts[1] === "0") { say(""); return; }
    var left = counts[1] !== "0" ? "有 " + counts[1] + " 格不是填写的格子（或不在选项里），没有粘贴。" : "";
    say((done ? "已粘贴 " + done.length + " 格。" : "") + left, done ? [["撤销这次粘贴", undo]] : []);
  }
  function undo() {
    var done = pasted.pop();
    if (!done) { return; }
    done.forEach(function (entry) { var field = fieldOf(entry[0]); if (field && field.value === entry[2]) { field.value = entry[1]; typed(field, true); } });
    form.setAttribute("data-pasted", "0 0");
    say("已撤销粘贴。");
    flush();
  }
  table.addEventListener("paste", function (event) {
    var cell = cellOf(event.target), text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!cell || (text.indexOf("\t") < 0 && plain(text).replace(/\n$/, "").indexOf("\n") < 0)) { return; }  // one cell: as everywhere
    if (event.target.tagName === "TEXTAREA" && text.indexOf("\t") < 0) { return; }  // words of several lines
    event.preventDefault();
    var last = Number(/\d+$/.exec(cell)[0]) + block(text).length - 1, there = form.getAttribute("data-hidden");
    if (there && !place(cell.replace(/\d+$/, "") + last)) {  // the rest of the rows is not shown: there, then
      try { sessionStorage.setItem("juesuan:paste", JSON.stringify([cell, text])); location.href = there; return; } catch (e) { /* as far as it goes */ }
    }
    paste(cell, text);
  });
  table.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z" || !pasted.length) { return; }
    var cell = cellOf(event.target), done = pasted[pasted.length - 1].filter(function (entry) { return entry[0] === cell; })[0];
    if (done && done[2] !== event.target.value) { return; }  // typed here since: the browser's own undo
    event.preventDefault();
    undo();
  });

  // ---------------------------------------------------------------- what was left by this page before, or by a window that is gone
  (function restore() {
    var all = kept.read(key) || {}, back = 0, gone = 0, words = null;
    Object.keys(all).forEach(function (owner) {
      if (owner !== tab && Date.now() - all[owner].at < 30000) { return; }  // another window is at it
      Object.keys(all[owner].cells).forEach(function (cell) {
        var field = fieldOf(cell), left = all[owner].cells[cell];
        if (!field || plain(field.value) === left.text) { return; }
        if (!put(field, left.text)) { gone++; return; }
        field.setAttribute("data-was", left.was);
        if (left.v !== "") { field.setAttribute("data-v", left.v); }
        field.setAttribute("data-seen", left.seen);
        pending[cell] = left;
        back++;
      });
      if (owner !== tab) { delete all[owner]; kept.write(key, count(all) ? all : null); }
    });
    keep();
    show();
    if (back) {
      say("找回了上次没有保存的 " + back + " 格。", [["保存", function () { Object.keys(pending).forEach(function (cell) { pending[cell].ready = true; }); flush(); }], ["放弃", function () { drop(); location.reload(); }]], "waiting");
      words = Object.keys(pending).filter(function (cell) { return !pending[cell].ready; })[0];
      if (words) { focusOn(words, true); }
      flush();
    }
    try {
      var block = JSON.parse(sessionStorage.getItem("juesuan:paste") || "null");
      sessionStorage.removeItem("juesuan:paste");
      if (block && fieldOf(block[0])) { focusOn(block[0]); paste(block[0], block[1]); }
    } catch (e) { /* no memory */ }
  })();
  // what the grid needs: the words of the form, saved as one
  window.sheetCells = {
    typed: typed, flush: flush, say: say, block: block, wanted: wanted,
    half: function (cell) { return !!pending[cell] && !pending[cell].ready; },
    elsewhere: function (cell, rows, address) {
      var text = rows.map(function (row) { return row.map(function (word) { return /[\t\n"]/.test(word) ? "\"" + word.replace(/"/g, "\"\"") + "\"" : word; }).join("\t"); }).join("\n");
      try { sessionStorage.setItem("juesuan:paste", JSON.stringify([cell, text])); location.href = address; } catch (e) { /* as far as it goes */ }
    }
  };
  setInterval(function () { if (count(pending)) { keep(); } }, 10000);
  window.addEventListener("online", function () { pause = 0; flush(); });
})();
