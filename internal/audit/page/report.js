"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  // What goes wrong is written on the page, where a test finds it.
  const errors = [];
  const note = (text) => { errors.push(text); root.dataset.errors = errors.join("\n"); };
  addEventListener("error", (e) => note(e.message));
  document.addEventListener("securitypolicyviolation", (e) => note(`${e.effectiveDirective} blocked ${e.blockedURI}`));

  const data = JSON.parse(byId("data").textContent);
  const severities = ["critical", "high", "medium", "low"];
  const controlAt = new Map(data.controls.map((c, i) => [c.id, i]));
  const plural = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;

  // make builds an element. Texts are text nodes, never markup.
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (name === "on") for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children.filter((c) => c != null));
    return element;
  };
  const tag = (severity) => make("span", { class: `tag ${severity}` }, severity);
  const link = (url) => make("a", { href: url, rel: "noreferrer" }, "AWS documentation");
  const elsewhere = (c) => c.elsewhere.length === 0 ? null
    : make("p", { class: "elsewhere" }, ...c.elsewhere.map((e) => make("span", {}, `${e.catalogue}: ${e.ids.join(", ")}`)));

  // The state of the page is in its address, so a view can be bookmarked.
  const state = new URLSearchParams(location.hash.slice(1));
  const remember = (key, value) => {
    if (value) state.set(key, value); else state.delete(key);
    try { history.replaceState(null, "", `#${state}`); } catch { /* a browser may not allow it in a file */ }
  };

  // A list is a table with a body for each object: its row and what it unfolds.
  const newList = (section, options) => {
    const table = section.querySelector("table");
    const heads = [...table.tHead.rows[0].cells];
    const bodies = [...table.tBodies].map((body, order) => {
      const values = {};
      heads.forEach((head, i) => { values[head.dataset.key] = options.value?.(head, body.rows[0].cells[i]) ?? body.rows[0].cells[i].textContent; });
      return { body, order, values, text: options.text(body, values).toLowerCase() };
    });
    const list = { section, table, heads, bodies };

    const compare = (head) => {
      const key = head.dataset.key;
      const rank = (row) => {
        const value = row.values[key];
        if (head.dataset.kind === "text") return value;
        if (head.dataset.kind === "severity") return severities.length - severities.findIndex((s) => value.startsWith(s));
        const number = Number.parseInt(value, 10);
        return Number.isNaN(number) ? null : number;
      };
      return (a, b) => {
        const x = rank(a), y = rank(b);
        if (x === null || y === null) return (x === null) - (y === null) ? ((x === null) ? 1 : -1) * list.direction : 0;
        return typeof x === "number" ? x - y : x.localeCompare(y);
      };
    };
    list.sort = (key, direction) => {
      const head = heads.find((h) => h.dataset.key === key);
      if (!head) return;
      list.direction = direction;
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      const by = compare(head);
      bodies.sort((a, b) => direction * by(a, b) || a.order - b.order);
      table.append(...bodies.map((row) => row.body));
      if (list.select) list.select.value = key;
      remember(`${options.prefix}sort`, `${key}:${direction > 0 ? "up" : "down"}`);
    };
    const toggleSort = (head) => {
      const now = head.getAttribute("aria-sort");
      const first = head.dataset.kind === "text" || head.dataset.key === "score" ? 1 : -1;
      list.sort(head.dataset.key, now ? (now === "ascending" ? -1 : 1) : first);
    };
    heads.forEach((head) => {
      const label = head.textContent;
      head.replaceChildren(make("button", { type: "button", on: { click: () => toggleSort(head) } }, label));
      head.dataset.label = label;
    });

    // Each row unfolds; what it shows is made when it is asked for.
    list.open = (row, open) => {
      const button = row.body.querySelector(".toggle");
      const more = row.body.rows[1];
      if (open && !row.filled) {
        more.cells[0].replaceChildren(make("div", { class: "inner" }, ...options.more(row)));
        row.filled = true;
      }
      more.hidden = !open;
      row.body.classList.toggle("shown", open);
      button.setAttribute("aria-expanded", String(open));
    };
    bodies.forEach((row, i) => {
      const name = row.body.rows[0].cells[0], more = row.body.rows[1];
      more.id = `${section.id}-more-${i}`;
      more.hidden = true;
      const button = make("button", { type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": more.id }, ...name.childNodes);
      button.addEventListener("click", () => list.open(row, button.getAttribute("aria-expanded") === "false"));
      name.replaceChildren(button);
    });

    // Filters are functions of a row; all of them must agree.
    list.filters = [];
    list.filter = () => {
      let shown = 0;
      for (const row of bodies) {
        const keep = list.filters.every((f) => f(row));
        row.body.hidden = !keep;
        shown += keep;
      }
      section.querySelector(".none").hidden = shown > 0;
      list.output.textContent = shown === bodies.length ? plural(shown, options.what) : `${shown} of ${plural(bodies.length, options.what)}`;
    };
    return list;
  };

  // Tools are the controls over a list. Each knows its part of the address.
  const search = (list, prefix, label) => {
    const key = `${prefix}q`;
    const input = make("input", { type: "search", placeholder: label, "aria-label": label, value: state.get(key) ?? "" });
    list.filters.push((row) => input.value.toLowerCase().split(/\s+/).every((word) => row.text.includes(word)));
    input.addEventListener("input", () => { remember(key, input.value); list.filter(); });
    return make("label", { class: "search" }, input);
  };
  const choice = (list, key, label, options, test) => {
    const select = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
    const asked = state.get(key) ?? "";
    if (options.some(([value]) => value === asked)) select.value = asked;
    list.filters.push((row) => select.value === "" || test(row, select.value));
    select.addEventListener("change", () => { remember(key, select.value); list.filter(); });
    return [make("label", {}, label, select), select];
  };
  const sortChoice = (list) => {
    list.select = make("select", {}, make("option", { value: "" }, "worst first"), ...list.heads.map((h) => make("option", { value: h.dataset.key }, h.dataset.label)));
    list.select.addEventListener("change", () => {
      const head = list.heads.find((h) => h.dataset.key === list.select.value);
      if (head) list.sort(head.dataset.key, head.dataset.kind === "text" || head.dataset.key === "score" ? 1 : -1);
    });
    return make("label", { class: "narrow" }, "Sort by", list.select);
  };
  const finish = (list, prefix, ...tools) => {
    const box = list.section.querySelector(".tools");
    list.output = make("output", { "aria-live": "polite" });
    // A thousand functions take seconds to unfold; in steps the page stays in hand.
    let turn = 0;
    const all = (open) => {
      const mine = ++turn;
      const rows = list.bodies.filter((row) => !row.body.hidden);
      const step = (from) => {
        if (mine !== turn) return;
        rows.slice(from, from + 40).forEach((row) => list.open(row, open));
        if (from + 40 < rows.length) setTimeout(step, 0, from + 40);
      };
      step(0);
    };
    box.append(...tools, sortChoice(list),
      make("button", { type: "button", on: { click: () => all(true) } }, "Unfold all"),
      make("button", { type: "button", on: { click: () => all(false) } }, "Fold all"), list.output);
    box.hidden = false;
    const [key, direction] = (state.get(`${prefix}sort`) ?? "").split(":");
    if (key) list.sort(key, direction === "down" ? -1 : 1);
    list.filter();
  };

  // What a function unfolds: its controls by outcome, the severest first.
  const item = (at, evidence, unmet) => {
    const c = data.controls[at];
    return make("div", { class: "item" },
      make("div", {}, tag(c.severity)),
      make("div", {}, make("p", { class: "title" }, unmet ? c.fault : c.title, make("span", { class: "id" }, c.id)), make("p", { class: "evidence" }, evidence)),
      make("div", {}, make("p", {}, c.remedy, " ", link(c.page)), elsewhere(c)));
  };
  const groups = [["f", "Not met", true], ["i", "Not met, needs input", true], ["u", "Unknown", true], ["p", "Met", false], ["n", "Not applicable", false]];
  const functionMore = (row) => {
    const f = data.functions[Number(row.body.dataset.i)];
    const out = [make("div", { class: "facts" }, make("span", { class: "mono" }, f.a))];
    for (const [letter, title, open] of groups) {
      const found = data.controls.map((c, at) => at).filter((at) => f.o[at] === letter);
      if (found.length === 0) continue;
      const severity = (at) => severities.indexOf(data.controls[at].severity);
      found.sort((a, b) => severity(a) - severity(b) || a - b);
      const items = () => found.map((at) => item(at, data.evidence[f.e[at]] ?? "", letter === "f" || letter === "i"));
      if (open) {
        out.push(make("div", { class: "group" }, make("h3", {}, `${title} (${found.length})`), ...items()));
        continue;
      }
      const group = make("details", { class: "group" }, make("summary", {}, `${title} (${found.length})`));
      group.addEventListener("toggle", () => { if (group.children.length === 1) group.append(...items()); });
      out.push(group);
    }
    return out;
  };

  // What a control unfolds: its remedy and the functions that do not meet it.
  const controlMore = (row) => {
    const at = controlAt.get(row.body.dataset.id);
    const c = data.controls[at];
    const out = [make("p", {}, c.remedy, " ", link(c.page)), elsewhere(c)];
    for (const [wanted, title] of [["fi", "Not met by"], ["u", "Unknown for"]]) {
      const found = data.functions.map((f, i) => [f, i]).filter(([f]) => wanted.includes(f.o[at]));
      if (found.length === 0) continue;
      out.push(make("div", { class: "group" }, make("h3", {}, `${title} ${plural(found.length, "function")}`),
        make("ul", { class: "places" }, ...found.map(([f, i]) => make("li", {},
          make("button", { type: "button", on: { click: () => showFunction(i) } }, f.n),
          make("span", {}, ` ${f.g}: ${data.evidence[f.e[at]] ?? ""}`))))));
    }
    return out.filter((e) => e);
  };

  const unmet = (f) => data.controls.filter((c, at) => "fi".includes(f.o[at])).map((c) => c.id).join(" ");
  const functions = newList(byId("functions"), {
    prefix: "", what: "function", more: functionMore,
    text: (body, values) => {
      const f = data.functions[Number(body.dataset.i)];
      return [values.name, values.region, values.runtime, f.a, unmet(f)].join(" ");
    },
  });
  const controls = newList(byId("controls"), {
    prefix: "c", what: "control", more: controlMore,
    text: (body, values) => `${values.control} ${values.severity} ${values.asked} ${body.rows[1].textContent}`,
  });

  // Views are tabs over the sections; without this script all are one below the other.
  const main = document.querySelector("main");
  const nav = byId("views");
  const sections = [...main.querySelectorAll("section[data-view]")];
  const show = (id) => {
    for (const [i, section] of sections.entries()) {
      section.hidden = section.id !== id;
      nav.children[i].setAttribute("aria-selected", String(section.id === id));
      nav.children[i].tabIndex = section.id === id ? 0 : -1;
    }
    remember("view", id === "functions" ? "" : id);
  };
  const tabs = () => {
    nav.setAttribute("role", "tablist");
    for (const section of sections) {
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-labelledby", `tab-${section.id}`);
      nav.append(make("button", { type: "button", role: "tab", id: `tab-${section.id}`, "aria-controls": section.id, on: { click: () => show(section.id) } },
        section.dataset.view, make("span", {}, section.dataset.count)));
    }
    nav.addEventListener("keydown", (e) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!step) return;
      const next = sections[(sections.findIndex((s) => !s.hidden) + step + sections.length) % sections.length];
      show(next.id);
      byId(`tab-${next.id}`).focus();
    });
    nav.hidden = false;
    main.classList.add("tabbed");
    show(sections.some((s) => s.id === state.get("view")) ? state.get("view") : "functions");
  };
  const showFunction = (i) => {
    show("functions");
    const row = functions.bodies.find((r) => Number(r.body.dataset.i) === i);
    row.body.hidden = false;
    functions.open(row, true);
    row.body.scrollIntoView({ block: "start" });
    row.body.querySelector(".toggle").focus({ preventScroll: true });
  };

  const tools = () => {
    const [severity, select] = choice(functions, "severity", "Not met", [["", "anything"], ["critical", "critical"], ["high", "high"], ["medium", "medium"], ["low", "low"], ["input", "needs input"], ["unknown", "unknown"]],
      (row, value) => row.values[value] !== "0");
    const [managed] = choice(functions, "managed", "Managed", [["", "all"], ["yes", "yes"], ["no", "no"]], (row, value) => row.values.managed === value);
    const regions = [...new Set(data.functions.map((f) => f.g))].sort();
    const [region] = choice(functions, "region", "Region", [["", "all"], ...regions.map((r) => [r, r])], (row, value) => row.values.region === value);
    const minimum = functions.heads.some((h) => h.dataset.key === "standing")
      ? choice(functions, "minimum", "Minimum", [["", "all"], ["below", "below"], ["undecided", "undecided"], ["meets", "meets"]], (row, value) => row.values.standing === value)[0] : null;
    finish(functions, "", ...[search(functions, "", "Name, runtime, ARN or control"), severity, regions.length > 1 ? region : null, minimum, managed].filter((t) => t));

    const [outcome] = choice(controls, "coutcome", "Show", [["", "all"], ["unmet", "not met by some"], ["met", "met by all"], ["unknown", "unknown for some"]],
      (row, value) => value === "met" ? row.values.unmet === "0" && row.values.met !== "0" : row.values[value] !== "0");
    finish(controls, "c", search(controls, "c", "Control, remedy or external id"), outcome);

    // A severity of the overview leads to its functions.
    for (const line of document.querySelectorAll(".severities tbody tr")) {
      const cell = line.cells[0];
      cell.replaceChildren(make("button", { type: "button", title: "Show these functions", on: { click: () => {
        show("functions");
        select.value = line.dataset.severity;
        select.dispatchEvent(new Event("change"));
        functions.section.scrollIntoView({ block: "start" });
      } } }, ...cell.childNodes));
    }
  };

  tabs();
  tools();
  const opened = state.get("function");
  const at = opened === null ? -1 : data.functions.findIndex((f) => f.n === opened || f.a === opened);
  if (at >= 0) showFunction(at);
  const control = controls.bodies.find((r) => r.body.dataset.id === state.get("control"));
  if (control) { show("controls"); controls.open(control, true); }
  root.dataset.ready = "true";
})();
