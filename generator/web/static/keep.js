/* Nothing that is typed is lost: kept in this browser until it is saved, the login laid over the page. */
var kept = (function () {
  "use strict";
  var user = document.body.getAttribute("data-user") || "", PREFIX = "juesuan:" + user + ":";

  // ---------------------------------------------------------------- this browser's memory
  function read(key) {
    try { return JSON.parse(localStorage.getItem(PREFIX + key) || "null"); } catch (e) { return null; }
  }
  function write(key, value) {
    try {
      if (value === null) { localStorage.removeItem(PREFIX + key); } else { localStorage.setItem(PREFIX + key, JSON.stringify(value)); }
    } catch (e) { /* full or forbidden: then only the page keeps it */ }
  }
  function each(start, act) {
    try {
      Object.keys(localStorage).filter(function (k) { return k.indexOf(PREFIX + start) === 0; })
        .forEach(function (k) { act(k.slice(PREFIX.length)); });
    } catch (e) { /* no memory */ }
  }

  // ---------------------------------------------------------------- the token of the forms, and the login over the page
  function token() {
    try { return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"]; } catch (e) { return ""; }
  }
  function renew(csrf) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": csrf }));
    Array.prototype.forEach.call(document.querySelectorAll("input[name=csrf]"), function (field) { field.value = csrf; });
  }
  function request(method, address, body, done) {
    var call = new XMLHttpRequest();
    call.open(method, address);
    call.setRequestHeader("HX-Request", "true");
    call.setRequestHeader("X-Requested-With", "juesuan");
    call.setRequestHeader("X-CSRF-Token", token());
    call.timeout = 60000;
    call.onloadend = function () { done(call.status, call.responseText); };
    call.send(body);
  }
  var waiting = [];
  function login(then) {
    waiting.push(then);
    if (document.getElementById("login-over")) { return; }
    var box = document.createElement("dialog");
    box.id = "login-over";
    box.setAttribute("aria-label", "重新登录");
    box.innerHTML = "<form method=\"post\" action=\"/login\"><h2>请重新登录</h2><p>登录已经过期。这一页和您填写的内容都没有动，登录后接着保存。</p>" +
      "<p class=\"problem\" role=\"alert\" hidden></p><p><label for=\"over-name\">账号</label><br><input id=\"over-name\" type=\"text\" name=\"name\" autocomplete=\"username\" required></p>" +
      "<p><label for=\"over-password\">密码</label><br><input id=\"over-password\" type=\"password\" name=\"password\" autocomplete=\"current-password\" required></p>" +
      "<p><button class=\"main\">登录</button></p></form>";
    document.body.appendChild(box);
    var form = box.querySelector("form"), said = box.querySelector(".problem");
    form.elements.name.value = user;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopPropagation();
      // the page of the login gives the token that this form needs
      request("GET", "/login", null, function (status, text) {
        var found = /name="csrf" value="([^"]+)"/.exec(text) || /X-CSRF-Token": "([^"]+)"/.exec(text);
        if (found) { renew(found[1]); }
        var body = new FormData();
        body.append("csrf", token());
        body.append("name", form.elements.name.value);
        body.append("password", form.elements.password.value);
        request("POST", "/login", body, function (status, text) {
          if (status !== 200) { said.hidden = false; said.textContent = status ? text : "连不上服务器，请稍后再试。"; return; }
          if (form.elements.name.value.trim() !== user) { location.reload(); return; }
          renew(JSON.parse(text).csrf);
          if (box.close) { box.close(); }
          document.body.removeChild(box);
          waiting.splice(0).forEach(function (act) { act(); });
        });
      });
    });
    if (box.showModal) { box.showModal(); } else { box.className = "old"; }
    form.elements.password.focus();
  }
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status !== 401) { return; }
    var source = event.detail.elt;
    login(function () { if (window.htmx && source && document.body.contains(source)) { window.htmx.trigger(source, "login-over"); } });
  });

  // ---------------------------------------------------------------- words in forms
  function keptFields(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && field.name !== "csrf" && !field.readOnly && !field.hidden && (field.tagName === "TEXTAREA" || (field.tagName === "INPUT" && field.type === "text"));
    });
  }
  function ofForms(act) {
    Array.prototype.forEach.call(document.querySelectorAll("main form[method=post]"), function (form) {
      if (!form.hasAttribute("data-cells") && form.className !== "clashing" && form.action.indexOf("/login") < 0) { act(form); }
    });
  }
  function keyOf(field) { return "form:" + field.form.getAttribute("action") + "#" + field.name; }
  function plain(text) { return (text || "").replace(/\r\n/g, "\n"); }
  function note(field, left, put) {
    var box = document.createElement("div");
    box.className = "left-over";
    box.setAttribute("role", "status");
    box.innerHTML = put ? "<p>上次写了还没有保存的内容已经放回来，请保存或<button type=\"button\" class=\"plain\">放弃</button>。</p>"
      : "<p>上次写了没有保存的内容（现在的内容已经变了）：<q></q> <button type=\"button\" class=\"plain put\">放进来</button> <button type=\"button\" class=\"plain\">放弃</button></p>";
    if (!put) { box.querySelector("q").textContent = left.text; }
    box.addEventListener("click", function (event) {
      if (event.target.tagName !== "BUTTON") { return; }
      if (event.target.className === "plain put") { field.value = left.text; field.focus(); } else { write(keyOf(field), null); if (put) { field.value = left.was; } }
      box.parentNode.removeChild(box);
    });
    field.parentNode.insertBefore(box, field.nextSibling);
  }
  var refused = document.body.hasAttribute("data-refused");
  var sent = [];
  try { sent = JSON.parse(sessionStorage.getItem("juesuan:sent") || "[]"); sessionStorage.removeItem("juesuan:sent"); } catch (e) { /* no memory */ }
  if (!refused && location.pathname !== "/login") { sent.forEach(function (key) { write(key, null); }); }
  function restore(scope) {
    ofForms(function (form) {
      if (scope && !scope.contains(form)) { return; }
      keptFields(form).forEach(function (field) {
        var left = read(keyOf(field)), here = plain(field.value);
        if (!left || left.text === here) { if (left) { write(keyOf(field), null); } return; }
        var put = left.was === here || refused;
        if (put) { field.value = left.text; }
        note(field, left, put);
      });
    });
  }
  document.addEventListener("input", function (event) {
    var field = event.target, form = field.form;
    if (!form || form.getAttribute("method") !== "post" || form.hasAttribute("data-cells") || keptFields(form).indexOf(field) < 0 || !form.closest("main")) { return; }
    var was = plain(form.elements.was ? form.elements.was.value : field.defaultValue), text = plain(field.value);
    write(keyOf(field), text === was ? null : { text: text, was: was });
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.detail.elt;
    if (form.tagName !== "FORM" || !event.detail.successful || event.detail.xhr.responseText.indexOf("data-clash") >= 0) { return; }
    keptFields(form).forEach(function (field) { write(keyOf(field), null); });
  });
  document.addEventListener("click", function (event) {
    var drop = event.target.getAttribute && event.target.getAttribute("data-drop");
    if (drop) { each("form:" + location.pathname.split("/reasons")[0] + "/reasons/" + drop, function (key) { write(key, null); }); }
  });
  document.addEventListener("htmx:load", function (event) { if (event.detail.elt !== document.body) { restore(event.detail.elt); } });
  restore();

  // a form is sent once the server is there and one is still in; what cannot be sent stays where it is
  document.addEventListener("submit", function (event) {
    var form = event.target, by = event.submitter || form.lastButton;
    if (event.defaultPrevented || form.getAttribute("method") !== "post" || form.hasAttribute("data-cells") || !form.closest("main") || form.action.indexOf("/login") >= 0 || form.sure || !user) { return; }
    if (form.hasAttribute("hx-post")) { return; }
    event.preventDefault();
    request("GET", "/here", null, function (status, text) {
      if (status === 401) { login(function () { send(form, by); }); return; }
      if (status === 0) {
        var box = form.querySelector(".left-over.server") || document.createElement("div");
        box.className = "left-over server";
        box.setAttribute("role", "alert");
        box.innerHTML = "<p>连不上服务器，还没有保存。写的内容留在这一页和这台电脑上，请稍后再办理。</p>";
        form.appendChild(box);
        return;
      }
      if (status === 200) { renew(JSON.parse(text).csrf); }
      send(form, by);
    });
  });
  function send(form, by) {
    var keys = keptFields(form).map(keyOf);
    try { sessionStorage.setItem("juesuan:sent", JSON.stringify(keys)); } catch (e) { /* no memory */ }
    form.sure = true;
    if (by && by.name) {
      var extra = document.createElement("input");
      extra.type = "hidden"; extra.name = by.name; extra.value = by.value;
      form.appendChild(extra);
    }
    leavingNow();
    form.submit();
    form.sure = false;
  }
  function leavingNow() { document.dispatchEvent(new CustomEvent("leaving")); }
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button");
    if (button && button.form) { button.form.lastButton = button; }
  });
  // whoever goes out takes his unsaved words along
  document.addEventListener("submit", function (event) { if (/\/logout$/.test(event.target.action)) { each("", function (key) { write(key, null); }); } });

  return { read: read, write: write, each: each, request: request, login: login, token: token };
})();
