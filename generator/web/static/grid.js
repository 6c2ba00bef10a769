/* A sheet as a spreadsheet.  The form of the page stays the one place where typed words are (cells.js saves them); the grid
   (jspreadsheet CE) shows it and is typed into.  Without scripts, or in a browser too old, the form itself is filled in. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-cells]"), table = document.getElementById("sheet"), box = document.getElementById("grid");
  if (!form || !table || !box || typeof jspreadsheet === "undefined" || !window.sheetCells) { return; }
  var bar = document.getElementById("cellbar"), sum = document.getElementById("cellsum");
  var names = [];     // [row][column] -> "C6"
  var at = {};        // "C6" -> [column, row]
  var entry = {};     // "C6" -> its field in the form
  var kinds = {};     // "C6" -> amount, count, number, percent, text
  var remarks = JSON.parse(box.getAttribute("data-remarks") || "{}");
  var book = null, sheet = null, quiet = false, wanted = window.sheetCells.wanted, last = "";
  var MAY = !!form.querySelector("[name^='c:']");

  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function letters(n) { var out = ""; n += 1; while (n > 0) { out = String.fromCharCode(65 + (n - 1) % 26) + out; n = Math.floor((n - 1) / 26); } return out; }
  function column(cell) { var n = 0; /^[A-Z]+/.exec(cell)[0].split("").forEach(function (l) { n = n * 26 + l.charCodeAt(0) - 64; }); return n - 1; }
  function plain(text) { return (text || "").replace(/\r\n/g, "\n"); }
  function node(cell) { var p = at[cell]; return sheet && p && sheet.records[p[1]] ? sheet.records[p[1]][p[0]].element : null; }
  function named(x, y) { return names[y] ? names[y][x] : undefined; }

  // ---------------------------------------------------------------- the form as a grid
  var data = [], merged = {}, heads = 0, rows = table.querySelectorAll("tbody > tr"), widths = [], labels = [], wide = 0;
  each(table.querySelectorAll("col"), function (col, k) { if (k) { widths.push(Number(col.getAttribute("width"))); } });
  each(rows, function (tr) { each(tr.querySelectorAll("td"), function (td) { if (td.id) { wide = Math.max(wide, column(td.id) + td.colSpan); } }); });
  wide = Math.max(wide, widths.length, 1);
  var numbers = {};
  each(rows, function (tr, y) { numbers[tr.firstElementChild.textContent.trim()] = y; });
  each(rows, function (tr, y) {
    var line = [], own = [], number = tr.firstElementChild.textContent.trim();
    for (var x = 0; x < wide; x++) { line.push(""); own.push(letters(x) + number); at[own[x]] = [x, y]; }
    if (tr.className === "head") { heads = y + 1; }
    each(tr.querySelectorAll("td"), function (td) {
      var x = column(td.id), field = td.querySelector("[name^='c:']"), across = Math.min(td.colSpan, wide - x);
      line[x] = plain(field ? field.value : td.textContent.trim());
      kinds[td.id] = td.getAttribute("data-kind") || "text";
      if (field) { entry[td.id] = field; }
      var down = 1;
      for (var k = 1; k < td.rowSpan; k++) { if (numbers[Number(number) + k] === y + k) { down = k + 1; } }
      if (across > 1 || down > 1) { merged[letters(x) + (y + 1)] = [across, down]; }
    });
    data.push(line);
    names.push(own);
    labels.push(number);
  });
  if (!data.length) { return; }

  /** An amount with separators, as it is shown; what is kept is what was typed. */
  function shown(text, kind) {
    var found = (kind === "amount" || kind === "count" || kind === "number") && /^(-?)(\d+)(\.\d+)?$/.exec(text);
    if (!found) { return text; }
    var part = found[3] || "";
    if (kind === "amount") { part = part || ".00"; if (part.length === 2) { part += "0"; } }
    return found[1] + found[2].replace(/\B(?=(\d{3})+$)/g, ",") + part;
  }
  function dress(td, x, y, value) {
    var cell = named(x, y), from = document.getElementById(cell), kind = kinds[cell] || "text";
    td.textContent = shown(plain(value === undefined || value === null ? "" : String(value)), kind);
    td.setAttribute("data-cell", cell);
    td.className = (from ? from.className.replace(/\b(unsaved|clashing|marked)\b/g, "") : "") + (entry[cell] ? "" : " readonly") + (kind !== "text" ? " num" : " words");
    td.style.textAlign = "";
    td.style.whiteSpace = "";
    if (y < heads) { td.classList.add("headrow"); }
    if (remarks[cell]) { td.classList.add("remarked"); td.setAttribute("title", remarks[cell].join("\n")); }
  }
  // one editor for all: a list where there are choices, several lines for words, otherwise a line
  var editor = {
    createCell: function (td, value, x, y) { dress(td, x, y, value); },
    updateCell: function (td, value, x, y) {
      var cell = named(x, y), field = entry[cell];
      value = plain(value === undefined || value === null ? "" : String(value));
      if (field && field.tagName === "SELECT" && value && !chosen(field, value)) { value = sheet.options.data[y][x]; refused++; }
      td.textContent = shown(value, kinds[cell] || "text");
      return value;
    },
    openEditor: function (td, value, x, y, instance, options, empty) {
      var cell = named(x, y), field = entry[cell], high = td.offsetHeight, made;
      var pressed = typeof empty === "object" && empty ? empty : null;
      var fresh = pressed && (pressed.key && (pressed.key.length === 1 || pressed.key === "Process") && pressed.type === "keydown");
      if (field.tagName === "SELECT") {
        made = document.createElement("select");
        each(field.options, function (o) { var p = document.createElement("option"); p.value = o.value; p.textContent = o.text; made.appendChild(p); });
        made.value = value;
      } else {
        made = document.createElement(field.tagName === "TEXTAREA" ? "textarea" : "input");
        if (made.tagName === "INPUT") { made.type = "text"; made.autocomplete = "off"; }
        if (field.getAttribute("list")) { made.setAttribute("list", field.getAttribute("list")); }
        made.value = fresh ? "" : value;
      }
      made.setAttribute("aria-label", cell);
      made.className = "in-cell" + ((kinds[cell] || "text") !== "text" ? " num" : "");
      td.classList.add("editor");
      td.textContent = "";
      made.style.height = Math.max(high - 1, made.tagName === "TEXTAREA" ? 96 : 0) + "px";
      td.appendChild(made);
      made.focus();
      if (made.setSelectionRange) { made.setSelectionRange(made.value.length, made.value.length); }
      made.addEventListener("input", function () { half(cell, made.value); });
      made.addEventListener("blur", function () { if (!made.closing && sheet.edition && sheet.edition[0] === td) { sheet.closeEditor(td, true); } });
      made.addEventListener("keydown", function (event) {
        if (event.key === "Enter" && event.altKey && made.tagName === "TEXTAREA") {
          var k = made.selectionStart;
          made.value = made.value.slice(0, k) + "\n" + made.value.slice(k);
          made.setSelectionRange(k + 1, k + 1);
          half(cell, made.value);
          event.preventDefault();
          event.stopPropagation();
        }
        if (event.isComposing || event.keyCode === 229) { event.stopPropagation(); }  // a word of Chinese is being put together
        if (event.key === "Enter" && made.tagName === "SELECT") { event.preventDefault(); }
      });
    },
    closeEditor: function (td, save) {
      var made = td.querySelector(".in-cell"), x = Number(td.getAttribute("data-x")), y = Number(td.getAttribute("data-y"));
      var value = made ? made.value : "";
      td.classList.remove("editor");
      if (made && made.parentNode === td) { made.closing = true; td.removeChild(made); }  // taking it away blurs it
      if (!save) { return sheet.options.data[y][x]; }
      return value;
    }
  };
  var refused = 0;
  function chosen(field, value) { return Array.prototype.some.call(field.options, function (o) { return o.value === value || o.text.trim() === value; }); }

  // ---------------------------------------------------------------- from the grid into the form, and back
  function half(cell, text) {  // a word that is being typed: kept, not sent
    var field = entry[cell];
    if (field.tagName === "SELECT") { return; }
    field.value = text;
    window.sheetCells.typed(field, false);
  }
  function push() {  // what the grid says goes into the form, all in one save
    var any = false;
    Object.keys(entry).forEach(function (cell) {
      var p = at[cell], value = plain(String(sheet.options.data[p[1]][p[0]] === null ? "" : sheet.options.data[p[1]][p[0]])).replace(/^\s+|\s+$/g, "");
      var field = entry[cell];
      if (plain(field.value) === value && !window.sheetCells.half(cell)) { return; }
      if (plain(field.value) !== value) { field.value = value; }
      quiet = true;
      window.sheetCells.typed(field, true);
      quiet = false;
      any = true;
    });
    if (any) { window.sheetCells.flush(); }
    pull();
  }
  function pull() {  // what the form says goes into the grid: another's word, what was found again
    if (quiet || !sheet) { return; }
    var open = sheet.edition ? named(Number(sheet.edition[2]), Number(sheet.edition[3])) : "";
    Object.keys(entry).forEach(function (cell) {
      var p = at[cell], value = plain(entry[cell].value), td = node(cell), from = document.getElementById(cell);
      ["unsaved", "clashing", "marked"].forEach(function (name) { td.classList.toggle(name, from.classList.contains(name)); });
      if (cell === open || value === sheet.options.data[p[1]][p[0]]) { return; }
      sheet.options.data[p[1]][p[0]] = value;
      td.textContent = shown(value, kinds[cell] || "text");
    });
    tell();
  }

  // ---------------------------------------------------------------- the bar: where one is, what stands there, what is wrong
  function chosenCells() {
    var s = sheet && sheet.selectedCell, out = [], x, y;
    if (!s) { return out; }
    var a = s.map(Number);
    for (y = Math.min(a[1], a[3]); y <= Math.max(a[1], a[3]); y++) {
      var line = [];
      for (x = Math.min(a[0], a[2]); x <= Math.max(a[0], a[2]); x++) { line.push(named(x, y)); }
      out.push(line);
    }
    return out;
  }
  function valueAt(cell) { var p = at[cell]; return String(sheet.options.data[p[1]][p[0]] === null ? "" : sheet.options.data[p[1]][p[0]]); }
  function here() { var s = sheet && sheet.selectedCell; return s ? named(Number(s[0]), Number(s[1])) : ""; }
  /** Sum of plain decimals, exactly: digits as whole numbers. */
  function added(texts) {
    var most = 0, total = BigInt(0), count = 0;
    texts = texts.map(function (t) { return t.replace(/,/g, "").trim(); }).filter(function (t) { return /^-?\d+(\.\d+)?$/.test(t); });
    texts.forEach(function (t) { most = Math.max(most, (t.split(".")[1] || "").length); });
    texts.forEach(function (t) { var p = t.split("."), f = p[1] || ""; while (f.length < most) { f += "0"; } total += BigInt(p[0] + f); count++; });
    var minus = total < BigInt(0), digits = String(minus ? -total : total);
    while (digits.length <= most) { digits = "0" + digits; }
    var words = most ? digits.slice(0, -most) + "." + digits.slice(-most) : digits;
    return [count, shown((minus ? "-" : "") + words, "amount")];
  }
  function tell() {
    var cell = here(), said = document.getElementById("said"), parts = bar.children, block = chosenCells(), flat = [];
    if (!cell) { return; }
    block.forEach(function (line) { flat = flat.concat(line); });
    parts[0].textContent = flat.length > 1 ? cell + ":" + flat[flat.length - 1] : cell;
    parts[1].textContent = valueAt(cell);
    var why = [];
    each(said ? said.querySelectorAll("li[data-here]") : [], function (li) {
      if ((" " + li.getAttribute("data-here") + " ").indexOf(" " + cell + " ") >= 0) { why.push(li.querySelector(".words").textContent.trim()); }
    });
    (remarks[cell] || []).forEach(function (words) { why.push("意见：" + words); });
    parts[2].textContent = why.slice(0, 2).join("　") + (why.length > 2 ? "　（另有 " + (why.length - 2) + " 条）" : "");
    parts[2].className = why.length ? "why" : "";
    if (flat.length > 1 && typeof BigInt !== "undefined") {
      var found = added(flat.map(valueAt));
      sum.textContent = found[0] ? "求和 " + found[1] + "　" + found[0] + " 个数" : "";
    } else { sum.textContent = ""; }
    if (cell !== last) { last = cell; document.dispatchEvent(new CustomEvent("cell-chosen", { detail: cell })); }
  }
  function scrollTo(td) {
    var top = box.querySelector("thead").offsetHeight, frame = box.getBoundingClientRect(), p = td.getBoundingClientRect(), k;
    for (k = 0; k < frozen; k++) { top += sheet.rows[k].element.offsetHeight; }
    var left = 0;
    each(box.querySelectorAll("thead td.pinned, thead td.jss_selectall"), function (one) { left += one.offsetWidth; });
    if (p.top < frame.top + top) { box.scrollTop -= frame.top + top - p.top; } else if (p.bottom > frame.bottom - 12) { box.scrollTop += p.bottom - frame.bottom + 12; }
    if (td.classList.contains("pinned")) { return; }
    if (p.left < frame.left + left) { box.scrollLeft -= frame.left + left - p.left; } else if (p.right > frame.right - 12) { box.scrollLeft += Math.min(p.right - frame.right + 12, p.left - frame.left - left); }
  }
  function choose(cell, open) {
    var p = at[cell];
    if (!p) { return; }
    jspreadsheet.current = sheet;
    sheet.updateSelectionFromCoords(p[0], p[1], p[0], p[1]);
    if (document.activeElement !== box) { box.focus({ preventScroll: true }); }
    if (open && entry[cell]) { sheet.openEditor(node(cell), false, null); }
  }

  // ---------------------------------------------------------------- clipboard: as Excel and WPS write it, and for them
  function fromHtml(html) {
    var found = new DOMParser().parseFromString(html, "text/html").querySelector("table"), out = [];
    if (!found) { return null; }
    each(found.rows, function (tr, y) {
      out[y] = out[y] || [];
      var x = 0;
      each(tr.cells, function (td) {
        while (out[y][x] !== undefined) { x++; }
        var words = td.getAttribute("x:str") || td.getAttribute("x:num") || "";
        if (!words) {
          each(td.querySelectorAll("br"), function (br) { br.parentNode.replaceChild(document.createTextNode("\n"), br); });
          words = td.textContent.replace(/[ \t\u00a0]*\n[ \t\u00a0]*/g, "\n").replace(/[ \t\u00a0]+/g, " ").trim();
        }
        for (var r = 0; r < (td.rowSpan || 1); r++) {
          for (var c = 0; c < (td.colSpan || 1); c++) { out[y + r] = out[y + r] || []; out[y + r][x + c] = r || c ? "" : words; }
        }
        x += td.colSpan || 1;
      });
    });
    return out.length ? out : null;
  }
  function clipped(event) {
    var text = event.clipboardData.getData("text/plain"), html = event.clipboardData.getData("text/html");
    if (text) { return window.sheetCells.block(text); }  // Excel and WPS give both; the text keeps tabs and quotes exactly
    return html ? fromHtml(html) : null;
  }
  function putBlock(rows) {
    var start = here(), s = sheet.selectedCell.map(Number), records = [], left = 0;
    var high = Math.abs(s[3] - s[1]) + 1, across = Math.abs(s[2] - s[0]) + 1, x0 = Math.min(s[0], s[2]), y0 = Math.min(s[1], s[3]);
    start = named(x0, y0);
    // a block that fits several times into what is chosen fills it, as in Excel
    var timesDown = high > rows.length && high % rows.length === 0 ? high / rows.length : 1, most = Math.max.apply(null, rows.map(function (r) { return r.length; }));
    var timesAcross = across > most && across % most === 0 ? across / most : 1, there = form.getAttribute("data-hidden");
    var number = Number(/\d+$/.exec(start)[0]), letter = column(start), moved = 0;
    var lastRow = number + rows.length * timesDown - 1;
    if (there && numbers[lastRow] === undefined) { window.sheetCells.elsewhere(start, rows, there); return; }
    refused = 0;
    for (var d = 0; d < rows.length * timesDown; d++) {
      var row = rows[d % rows.length];
      for (var c = 0; c < most * timesAcross; c++) {
        var words = row[c % most], cell = letters(letter + c) + (number + d);
        if (words === undefined) { continue; }
        words = plain(words).trim();
        if (!entry[cell]) { if (words) { left++; } continue; }
        var field = entry[cell], p = at[cell];
        if (field.tagName === "SELECT" && words && !chosen(field, words)) { left++; continue; }
        if (words !== sheet.options.data[p[1]][p[0]]) { moved++; }
        records.push({ x: p[0], y: p[1], value: words });
      }
    }
    if (records.length) { sheet.setValue(records); }
    form.setAttribute("data-pasted", moved + " " + left);
    sheet.updateSelectionFromCoords(x0, y0, Math.min(x0 + most * timesAcross - 1, wide - 1), Math.min(y0 + rows.length * timesDown - 1, data.length - 1));
    window.sheetCells.say((moved ? "已粘贴 " + moved + " 格。" : "没有改变什么。") + (left ? "有 " + left + " 格不是填写的格子（或不在选项里），没有粘贴。" : ""), moved ? [["撤销这次粘贴", function () { sheet.undo(); window.sheetCells.say("已撤销。"); }]] : []);
  }
  function active() {
    var here = document.activeElement;
    return sheet && jspreadsheet.current === sheet && sheet.selectedCell && !sheet.edition && (box.contains(here) || here === document.body);
  }
  function quoted(text) { return /[\t\n"]/.test(text) ? "\"" + text.replace(/"/g, "\"\"") + "\"" : text; }
  function copied(event) {
    if (!active()) { return false; }
    var block = chosenCells(), frame = document.createElement("table");
    block.forEach(function (line) {
      var tr = frame.insertRow();
      line.forEach(function (cell) { tr.insertCell().textContent = valueAt(cell); });
    });
    event.clipboardData.setData("text/plain", block.map(function (line) { return line.map(function (cell) { return quoted(valueAt(cell)); }).join("\t"); }).join("\r\n"));
    event.clipboardData.setData("text/html", frame.outerHTML);
    event.preventDefault();
    event.stopImmediatePropagation();
    return true;
  }
  function set(cells, text) {
    var records = cells.filter(function (cell) { return entry[cell]; }).map(function (cell) { return { x: at[cell][0], y: at[cell][1], value: typeof text === "function" ? text(cell) : text }; });
    if (records.length) { sheet.setValue(records); }
  }
  document.addEventListener("paste", function (event) {
    if (!active() || !MAY) { return; }
    var rows = clipped(event);
    event.preventDefault();
    event.stopImmediatePropagation();
    if (rows) { putBlock(rows); }
  }, true);
  document.addEventListener("copy", copied, true);
  document.addEventListener("cut", function (event) {
    if (!copied(event) || !MAY) { return; }
    var flat = [];
    chosenCells().forEach(function (line) { flat = flat.concat(line); });
    set(flat, "");
  }, true);

  // ---------------------------------------------------------------- keys
  function next(cell, back) {  // the next place to fill in, along the lines
    var p = at[cell], k = p[1] * wide + p[0], step = back ? -1 : 1;
    for (k += step; k >= 0 && k < data.length * wide; k += step) {
      var there = named(k % wide, Math.floor(k / wide));
      if (entry[there]) { return there; }
    }
    return "";
  }
  function leave(back) {  // out of the sheet, so that nobody is caught in it
    var all = Array.prototype.filter.call(document.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']"), function (one) { return one.offsetParent && !one.disabled && !(box.contains(one) && one !== box); });
    var to = all[all.indexOf(box) + (back ? -1 : 1)];
    sheet.resetSelection(true);
    jspreadsheet.current = null;
    if (to) { to.focus(); }
  }
  document.addEventListener("keydown", function (event) {
    if (!sheet || jspreadsheet.current !== sheet || !sheet.selectedCell) { return; }
    var here = document.activeElement, inside = box.contains(here) || here === document.body, key = event.key, ctrl = event.ctrlKey || event.metaKey;
    function mine() { event.preventDefault(); event.stopImmediatePropagation(); }
    if (!inside) { event.stopImmediatePropagation(); return; }  // a field elsewhere has the keys
    if (event.isComposing || event.keyCode === 229 && sheet.edition) { event.stopImmediatePropagation(); return; }
    var cell = named(Number(sheet.selectedCell[0]), Number(sheet.selectedCell[1]));
    if (key === "Tab" && !ctrl && !event.altKey) {
      var td = sheet.edition && sheet.edition[0], to = next(cell, event.shiftKey);
      mine();
      if (td) { sheet.closeEditor(td, true); }
      if (to) { choose(to); } else { leave(event.shiftKey); }
      return;
    }
    if (sheet.edition) {
      if (key === "Escape") { sheet.closeEditor(sheet.edition[0], false); half(cell, valueAt(cell)); pull(); box.focus({ preventScroll: true }); mine(); }
      else if (key === "Enter" && !event.altKey) { sheet.closeEditor(sheet.edition[0], true); mine(); box.focus({ preventScroll: true }); if (event.shiftKey) { sheet.up(); } else { sheet.down(); } }
      return;
    }
    if (key === "Escape") { leave(false); mine(); return; }
    if (ctrl && !event.shiftKey && !event.altKey && /^[cxv]$/i.test(key)) { event.stopImmediatePropagation(); return; }  // the browser's own events
    if (ctrl && key.toLowerCase() === "s") { mine(); window.sheetCells.flush(); return; }
    if (ctrl && event.shiftKey && key.toLowerCase() === "z") { mine(); sheet.redo(); return; }
    if (ctrl && key.toLowerCase() === "d" && MAY) {
      mine();
      var lines = chosenCells(), flat = [], values = {};
      lines.forEach(function (line, k) { if (k) { line.forEach(function (one, x) { flat.push(one); values[one] = valueAt(lines[0][x]); }); } });
      set(flat, function (one) { return values[one]; });
      return;
    }
    if ((key === "Delete" || key === "Backspace") && MAY) {
      var all = [];
      mine();
      chosenCells().forEach(function (line) { all = all.concat(line); });
      set(all, "");
      return;
    }
    if (ctrl || event.altKey) { return; }
    if (/^(Enter|F2| )$/.test(key) && !event.shiftKey) {
      if (key === "Enter") { mine(); sheet.down(); return; }
      mine();
      if (entry[cell]) { sheet.openEditor(node(cell), false, null); }
      return;
    }
    if (key.length === 1 && !entry[cell]) { mine(); window.sheetCells.say(cell + " 不是填写的格子。"); return; }
  }, true);
  box.addEventListener("focus", function () {
    if (sheet && (jspreadsheet.current !== sheet || !sheet.selectedCell)) { choose(last && at[last] ? last : Object.keys(entry)[0] || named(0, 0)); }
  });
  box.addEventListener("mousedown", function (event) { if (!event.target.closest(".in-cell")) { setTimeout(function () { if (!sheet.edition) { box.focus({ preventScroll: true }); } }, 0); } });

  // ---------------------------------------------------------------- a code brings its name
  function bring(changes) {
    var records = [];
    changes.forEach(function (change) {
      var cell = named(Number(change.x), Number(change.y)), field = entry[cell], list = field && field.getAttribute("list") && document.getElementById(field.getAttribute("list"));
      var beside = named(Number(change.x) + 1, Number(change.y)), code = String(change.value || "").trim();
      if (!list || !entry[beside] || kinds[beside] !== "text" || !code) { return; }
      var found = Array.prototype.filter.call(list.options, function (o) { return o.value === code; })[0];
      var old = Array.prototype.filter.call(list.options, function (o) { return o.value === String(change.oldValue || "").trim(); })[0], now = valueAt(beside);
      if (found && (!now || (old && now === old.textContent))) { records.push({ x: at[beside][0], y: at[beside][1], value: found.textContent }); }
    });
    return records;
  }

  // ---------------------------------------------------------------- put together
  var room = box.parentNode.clientWidth - 70, total = 0, columns = [];
  for (var k = 0; k < wide; k++) { widths[k] = Math.min(Math.max(widths[k] || 72, 56), 420); total += widths[k]; }
  var grow = total < room ? room / total : Math.max(room / total, 0.82);
  for (k = 0; k < wide; k++) { columns.push({ type: editor, title: letters(k), width: Math.round(widths[k] * grow), align: "left" }); }
  var frozen = heads, pinned = 0, taken = 0;
  if (heads && total * grow > room) { while (pinned < 2 && taken + columns[pinned].width < room * 0.45) { taken += columns[pinned].width; pinned++; } }

  function stick() {
    var top = box.querySelector("thead").offsetHeight, y, x, left = 0, mark = sheet.headers[0].parentNode.firstElementChild;
    for (y = 0; y < data.length; y++) {
      if (y < frozen) {
        each(sheet.rows[y].element.children, function (td) { td.style.position = "sticky"; td.style.top = top + "px"; td.classList.add("stuck"); });
        top += sheet.rows[y].element.offsetHeight;
      }
    }
    left = mark.offsetWidth;
    for (x = 0; x < pinned; x++) {
      sheet.headers[x].classList.add("pinned");
      sheet.headers[x].style.left = left + "px";
      for (y = 0; y < data.length; y++) {
        var td = sheet.records[y][x].element;
        if (td.colSpan > 1) { continue; }
        td.style.position = "sticky"; td.style.left = left + "px"; td.classList.add("pinned");
      }
      left += columns[x].width;
    }
  }
  function ready() {
    sheet = book[0];
    each(sheet.rows, function (row, y) { row.element.firstElementChild.textContent = labels[y]; });
    each(box.querySelectorAll("[tabindex]"), function (one) { one.setAttribute("tabindex", "-1"); });
    each(box.querySelectorAll(".jss_textarea, textarea, input"), function (one) { one.setAttribute("aria-hidden", "true"); one.setAttribute("tabindex", "-1"); });
    form.classList.add("gridded");
    stick();
    pull();
    sheet.resetSelection(true);
    jspreadsheet.current = null;
    document.addEventListener("cells-shown", pull);
    document.addEventListener("cell-wanted", function (event) { choose(event.detail.cell, event.detail.open); });
    go();
    window.addEventListener("hashchange", go);
    if (wanted) { choose(wanted.cell, wanted.open); }
    box.setAttribute("data-ready", "yes");
  }
  function go() { var cell = decodeURIComponent(location.hash.slice(1)); if (at[cell]) { choose(cell); } }
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='#']"), cell = link && link.getAttribute("href").slice(1);
    if (!link || !at[cell]) { return; }
    event.preventDefault();
    history.replaceState(null, "", "#" + cell);
    choose(cell);
  });
  // the sentences that the chosen cell's number stands in; asked again when a check has ended
  var place = document.getElementById("sentences"), asked = "", pauseFor = null;
  function ask() {
    var cell = last;
    clearTimeout(pauseFor);
    if (!place || !cell) { return; }
    pauseFor = setTimeout(function () {
      asked = cell;
      kept.request("GET", place.getAttribute("data-from") + cell, null, function (status, text) {
        if (status !== 200 || asked !== cell) { return; }
        place.innerHTML = text;
        place.hidden = !text.trim();
      });
    }, 150);
  }
  document.addEventListener("cell-chosen", ask);
  document.addEventListener("htmx:afterSwap", function () { var said = document.getElementById("said"); if (said && said.getAttribute("data-checking") === "no") { ask(); } });
  document.addEventListener("cell-wanted", function (event) { if (!sheet) { wanted = event.detail; } });

  box.hidden = false;
  form.classList.add("gridded");
  var host = document.createElement("div");
  box.appendChild(host);
  book = jspreadsheet(host, {
    worksheets: [{
      data: data, columns: columns, mergeCells: merged, minDimensions: [wide, data.length], editable: MAY,
      allowInsertRow: false, allowManualInsertRow: false, allowInsertColumn: false, allowManualInsertColumn: false, allowDeleteRow: false,
      allowDeleteColumn: false, allowRenameColumn: false, allowComments: false, columnSorting: false, columnDrag: false, rowDrag: false, rowResize: false,
      columnResize: true, selectionCopy: MAY, defaultColAlign: "left", wordWrap: true
    }],
    parseFormulas: false, parseHTML: false, autoIncrement: false, contextMenu: function () { return false; }, about: false, tabs: false, toolbar: false,
    onload: function () { setTimeout(function () { if (!sheet) { book = book || host.spreadsheet.worksheets; ready(); } }, 0); },
    onafterchanges: function (instance, changes) {
      var more = bring(changes);
      if (more.length) { sheet.setValue(more); return; }  // comes here again
      push();
    },
    onundo: push, onredo: push,
    onselection: function () { if (!sheet) { return; } tell(); var cell = here(), s = sheet.selectedCell; if (cell && s && String(s[0]) === String(s[2]) && String(s[1]) === String(s[3])) { scrollTo(node(cell)); } }
  });
})();
