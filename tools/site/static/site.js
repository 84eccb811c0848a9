// Shows what the reader chooses. The address keeps the choice: controls write it, the page follows
// it. Figures are picked and rounded here, never computed.
(() => {
  "use strict";
  const holder = document.getElementById("data");
  const data = holder && JSON.parse(holder.textContent);
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const languages = $$("input[name=language]");
  const views = new Map();
  let turn = 0;

  // --- the choice ---------------------------------------------------------------------------
  const wished = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

  function choose(change) {
    location.hash = new URLSearchParams({ ...wished(), ...change }).toString();
  }

  // What is shown: the choice where this page has it, else what the page begins with.
  function shown() {
    const wish = wished();
    const named = languages.find((choice) => choice.value === wish.language);
    const state = { language: (named || languages.find((choice) => choice.defaultChecked)).value };
    if (!data) return state;
    const has = (list, item) => list && list.includes(item);
    state.grain = has(data.grains, wish.grain) ? wish.grain : data.state.grain;
    state.type = Object.hasOwn(data.segments, wish.type || "") ? wish.type : "all";
    const values = data.segments[state.type];
    state.segment = has(values, wish.segment) ? wish.segment : (values || ["all"])[0];
    return state;
  }

  // --- words and figures --------------------------------------------------------------------
  const say = (code, state) => (code in data.words ? data.words[code][state.language] : code);

  function number(value, unit, state, more = 0) {
    if (value === null || value === undefined) return "–";
    const { shift, decimals } = data.units[unit];
    const { decimal, thousands } = data.languages[state.language];
    const digits = decimals + more;
    // The point is moved in the text, so that no binary fraction comes of it.
    const moved = Number(`${value}e${shift}`);
    const signs = { group: thousands, decimal, minusSign: "−" };
    return new Intl.NumberFormat("en-US", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: "negative",
    })
      .formatToParts(Number.isNaN(moved) ? value * 10 ** shift : moved)
      .map((part) => signs[part.type] ?? part.value)
      .join("");
  }

  const unitName = (unit, state) => (unit ? data.units[unit].names[state.language].other : "");

  function withUnit(value, unit, state) {
    const text = number(value, unit, state);
    if (value === null || value === undefined) return text;
    const forms = data.units[unit].names[state.language];
    const { plural } = data.languages[state.language];
    const form = Object.keys(plural).find((one) => forms[one] && new RegExp(plural[one]).test(text));
    const name = forms[form ?? "other"];
    return /^[%\s]/.test(name) ? text + name : `${text} ${name}`.trimEnd();
  }

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // --- rows ---------------------------------------------------------------------------------
  // As picked() in render.py.
  function picked(chart, state) {
    const table = data.tables[chart.table];
    let { grain, type } = state;
    if ("" in table.rows) grain = "";
    if (chart.pick === "by_value" || chart.pick === "curves") {
      const hasYears = "trailing_12_months" in table.rows;
      if (chart.pick === "by_value" && hasYears && data.latest.trailing_12_months !== null) {
        grain = "trailing_12_months";
      }
      if (type === "all") type = Object.keys(data.segments).find((kind) => kind !== "all") || type;
    }
    let sources = [[type, state.segment]];
    if (chart.pick === "by_value") {
      sources = (data.segments[type] || []).map((value) => [type, value]);
    } else if (chart.pick === "curves") {
      const largest = type === "all" ? [] : data.segments[type].slice(0, 6);
      sources = [["all", "all"], ...largest.map((value) => [type, value])];
    }
    const found = [];
    for (const [kind, value] of sources) {
      for (const cells of table.rows[grain]?.[kind]?.[value] || []) {
        const row = Object.fromEntries(table.columns.map((name, at) => [name, cells[at]]));
        row.segment_type = kind;
        row.segment_value = kind === "all" ? say("all", state) : value;
        row.segment_code = value;
        row.is_chosen = kind === state.type && value === state.segment;
        if (grain) {
          const at = cells[0];
          row.is_latest = at === data.latest[grain];
          if (!row.is_latest && (chart.pick === "latest" || chart.pick === "by_value")) continue;
          [row.period, row.period_start, row.is_complete] = data.periods[grain][at];
          row.period_grain = grain;
        }
        found.push(row);
      }
    }
    return found;
  }

  const cellsOf = (table, state) =>
    (data.tables[table].rows[state.grain]?.[state.type]?.[state.segment] || []).map((cells) =>
      Object.fromEntries(data.tables[table].columns.map((name, at) => [name, cells[at]])),
    );

  // --- tables -------------------------------------------------------------------------------
  // `columns`: label, optional unit, and what a row shows: text, and value to sort by.
  function tableOf(columns, rows) {
    const head = make("tr");
    for (const column of columns) {
      const label = column.unit ? `${column.label} (${column.unit})` : column.label;
      head.append(make("th", { scope: "col", class: column.isNumber ? "number" : "" }, label));
    }
    const body = make("tbody");
    for (const row of rows) {
      const line = make("tr");
      columns.forEach((column, at) => {
        const { text, value = text, mark, content = text } = column.cell(row);
        const tag = at ? "td" : "th";
        const cell = make(tag, { class: column.isNumber ? "number" : "" });
        if (!at) cell.setAttribute("scope", "row");
        cell.dataset.value = value ?? "";
        cell.append(mark ? make("span", { class: `mark ${mark}` }, text) : content);
        line.append(cell);
      });
      body.append(line);
    }
    const table = make("table", { class: "sortable" }, make("thead", {}, head), body);
    sortable(table);
    return table;
  }

  function sortable(table) {
    $$("thead th", table).forEach((heading, at) => {
      const button = make("button", { type: "button" });
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        $$("th", table.tHead).forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (line) => line.cells[at].dataset.value ?? line.cells[at].textContent.trim();
        const isNumber = heading.classList.contains("number");
        const lines = [...table.tBodies[0].rows].sort((one, other) => {
          const [a, b] = [key(one), key(other)];
          if (isNumber) {
            // What has no figure stays at the end either way.
            if (a === "" || b === "") return (a === "") - (b === "");
            return down ? Number(b) - Number(a) : Number(a) - Number(b);
          }
          const language = document.documentElement.lang;
          return down ? b.localeCompare(a, language) : a.localeCompare(b, language);
        });
        table.tBodies[0].append(...lines);
      });
    });
  }

  function figureColumn(name, state) {
    const column = data.columns[name];
    if (!column?.unit) {
      return { label: column ? column.label[state.language] : say(name, state), cell: (row) => ({ text: String(row[name] ?? "–").replace(/^(\d{4}-\d\d)-01$/, "$1") }) };
    }
    const unit = column.unit === "sum" ? "currency" : column.unit;
    const more = data.units[unit].shift === 2 ? 1 : 0;
    return {
      label: column.label[state.language],
      unit: unitName(unit, state),
      isNumber: true,
      cell: (row) => ({ text: number(row[name], unit, state, more), value: row[name] }),
    };
  }

  function periodColumn(state) {
    return {
      label: say("period", state),
      cell: (row) => ({
        text: row.period + (row.is_complete ? "" : ` ${say("open_period", state)}`),
        value: row.period_start,
      }),
    };
  }

  function chartTable(chart, rows, state) {
    const columns = [...chart.keys, ...chart.beside, ...chart.columns].map((name) =>
      name === "period" ? periodColumn(state) : figureColumn(name, state),
    );
    return tableOf(columns, rows);
  }

  function download(name, columns, rows) {
    const written = (value) => {
      if (value === null || value === undefined) return "";
      // A text that begins like a formula is kept from being one in a spreadsheet.
      const text = typeof value === "string" ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
    const text = "\ufeff" + lines.map((line) => line.map(written).join(",") + "\r\n").join("");
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    make("a", { href: address, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  function downloadChart(chart) {
    const state = shown();
    const rows = picked(chart, state).map((row) => ({ ...row, segment_value: row.segment_code }));
    const isTimeless = "" in data.tables[chart.table].rows;
    const named = isTimeless ? data.charts.find((one) => one === chart).keys : ["period_grain", "period_start", "is_complete"];
    const keys = ["segment_type", "segment_value", ...named.filter((key) => key !== "segment_value")];
    download(chart.code, [...keys, ...chart.beside, ...chart.columns], rows);
  }

  // --- drawings -----------------------------------------------------------------------------
  async function draw(place, spec, rows, mine) {
    const drawing = { ...spec, datasets: { rows } };
    const embedded = await window.vegaEmbed(place, drawing, { actions: false, renderer: "svg" });
    if (mine !== turn) return embedded.finalize();
    views.get(place)?.finalize();
    views.set(place, embedded);
  }

  function showChart(chart, state, mine) {
    const section = document.getElementById(`chart-${chart.code}`);
    const rows = picked(chart, state);
    const place = $(".drawing", section);
    const isEmpty = !rows.some((row) => chart.columns.some((name) => row[name] !== null));
    place.classList.toggle("empty", isEmpty);
    $("details", section).hidden = isEmpty;
    const when = $(".when", section);
    if (when) when.textContent = rows[0]?.period || "";
    if (chart.curves.length) {
      const names = [...new Set(rows.map((row) => row.segment_value))];
      $(".legend", section).replaceChildren(
        ...names.map((name, at) =>
          make("li", {}, make("i", { style: `background: ${chart.curves[at]}` }), name),
        ),
      );
    }
    $(".scroll", section).replaceChildren(chartTable(chart, rows, state));
    if (isEmpty) {
      views.get(place)?.finalize();
      views.delete(place);
      place.textContent = say("no_data", state);
      return null;
    }
    const spec = chart.specs[state.language];
    // A height that follows the rows is made a number; Vega-Lite warns of it beside a free width.
    const lines = new Set(rows.map((row) => row[chart.keys[0]])).size;
    const height = spec.height.step ? spec.height.step * lines : spec.height;
    return draw(place, { ...spec, height }, rows, mine);
  }

  // --- tiles and the scorecard --------------------------------------------------------------
  function moved(row, kpi) {
    if (row.value === null || row.previous_value === null) return null;
    if (row.value === row.previous_value) return { code: "same", sign: "→" };
    const isUp = row.value > row.previous_value;
    return {
      code: isUp === (kpi.direction === "higher") ? "better" : "worse",
      sign: isUp ? "↑" : "↓",
    };
  }

  // A KPI's name, leading to its definition.
  function definition(code, state) {
    const address = new URLSearchParams({ ...wished(), kpi: code });
    return make("a", { href: `definitions.html#${address}` }, data.kpis[code].names[state.language]);
  }

  const category = (kpi, state) => data.categories[kpi.category]?.[state.language] ?? kpi.category;

  const statusOf = (row) => row.status || "unknown";

  function mark(code, text) {
    return make("span", { class: `mark ${code}` }, text);
  }

  function showTiles(state, mine) {
    const place = document.getElementById("tiles");
    if (!place) return [];
    const now = Object.fromEntries(cellsOf("tiles", state).map((row) => [row.kpi_code, row]));
    const drawings = [];
    place.replaceChildren();
    for (const [code, mart, column] of data.tiles) {
      const kpi = data.kpis[code];
      const row = now[code];
      const tile = make("article", { class: "tile card", id: `tile-${code}` });
      tile.append(make("h3", {}, definition(code, state)));
      place.append(tile);
      if (!row || row.value === null) {
        tile.append(make("p", { class: "empty" }, say("no_data", state)));
        continue;
      }
      const unit = kpi.unit;
      tile.append(
        make(
          "p",
          { class: "figure" },
          make("strong", {}, number(row.value, unit, state)),
          ` ${unitName(unit, state)}`,
        ),
      );
      const run = make("div", { class: "run", "aria-hidden": "true" });
      const about = make("dl");
      const line = (name, value, after) => {
        if (value === null) return;
        const figure = make("dd", {}, withUnit(value, unit, state), " ", ...(after ? [after] : []));
        about.append(make("div", {}, make("dt", {}, say(name, state)), figure));
      };
      const way = moved(row, kpi);
      const trend = way && mark(way.code, `${way.sign} ${say(way.code, state)}`);
      line("previous_value", row.previous_value, trend);
      line("year_ago_value", row.year_ago_value);
      line("target_value", row.target_value, mark(statusOf(row), say(statusOf(row), state)));
      tile.append(run, about);
      const chart = { table: mart, pick: "periods", columns: [column] };
      const rows = picked(chart, state).map((each) => ({
        period: each.period,
        value: each[column],
        is_latest: each.is_latest,
      }));
      drawings.push(draw(run, data.run, rows, mine));
    }
    return drawings;
  }

  function scorecardColumns(names, state) {
    const kpiOf = (row) => data.kpis[row.kpi_code];
    const figures = (name) => ({
      label: say(name, state),
      isNumber: true,
      cell: (row) => ({
        text: withUnit(row[name], name === "attainment" ? "rate" : kpiOf(row).unit, state),
        value: row[name],
      }),
    });
    const all = {
      kpi: {
        label: say("kpi", state),
        cell: (row) => ({
          text: kpiOf(row).names[state.language],
          content: definition(row.kpi_code, state),
        }),
      },
      category: {
        label: say("category", state),
        cell: (row) => ({ text: category(kpiOf(row), state) }),
      },
      trend: {
        label: say("trend", state),
        cell: (row) => {
          const way = moved(row, kpiOf(row));
          if (!way) return { text: "–" };
          return { text: `${way.sign} ${say(way.code, state)}`, value: way.code, mark: way.code };
        },
      },
      status: {
        label: say("status", state),
        cell: (row) => ({ text: say(statusOf(row), state), mark: statusOf(row) }),
      },
    };
    return names.map((name) => all[name] || figures(name));
  }

  function showPart(code, names, state, keep = () => true) {
    const section = document.getElementById(code);
    if (!section) return;
    const rows = cellsOf(code, state).filter(keep);
    const place = $(".scroll", section);
    if (rows.length) place.replaceChildren(tableOf(scorecardColumns(names, state), rows));
    else place.replaceChildren(make("p", { class: "empty" }, say("no_data", state)));
    const found = document.getElementById("found");
    if (found) found.textContent = `${rows.length} ${say("found", state)}`;
  }

  const FIGURES = ["value", "previous_value", "year_ago_value"];

  function showScorecard(state) {
    const text = (document.getElementById("search")?.value || "").trim().toLowerCase();
    const status = document.getElementById("status")?.value || "";
    showPart(
      "scorecard",
      ["kpi", ...FIGURES, "trend", "target_value", "attainment", "status", "category"],
      state,
      (row) => {
        const kpi = data.kpis[row.kpi_code];
        const words = [row.kpi_code, ...Object.values(kpi.names), category(kpi, state)];
        return (
          words.join(" ").toLowerCase().includes(text) && (!status || statusOf(row) === status)
        );
      },
    );
  }

  // --- the page -----------------------------------------------------------------------------
  function fill(select, options, chosen) {
    select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
    select.value = chosen;
  }

  function showChoices(state) {
    const form = $("form.choices");
    const named = (code) => [code, say(code, state)];
    fill(form.elements.grain, data.grains.map(named), state.grain);
    const types = Object.keys(data.segments);
    fill(form.elements.segment_type, (types.length ? types : ["all"]).map(named), state.type);
    const values = data.segments[state.type] || ["all"];
    const texts = values.map((value) => (state.type === "all" ? named(value) : [value, value]));
    fill(form.elements.segment_value, texts, state.segment);
    form.elements.segment_value.disabled = state.type === "all";
    const left = data.left_out[state.type] || 0;
    document.getElementById("left-out").textContent =
      left > 0
        ? say("left_out", state).replace("{shown}", values.length).replace("{left}", left)
        : "";
    const status = document.getElementById("status");
    if (status) {
      const codes = ["achieved", "missed", "no_target", "unknown"].map(named);
      fill(status, [["", say("any_status", state)], ...codes], status.value);
    }
  }

  async function show() {
    const state = shown();
    const mine = ++turn;
    document.documentElement.lang = state.language;
    document.getElementById(`language-${state.language}`).checked = true;
    const spoken = (selector) => $(`${selector} [lang=${state.language}]`).textContent;
    document.title = `${spoken("h1")} | ${spoken(".site")}`;
    const { kpi, ...kept } = wished();
    for (const link of $$("nav a")) {
      const page = link.getAttribute("href").split("#")[0];
      link.href = Object.keys(kept).length ? `${page}#${new URLSearchParams(kept)}` : page;
    }
    // On a narrow page the list of pages begins with this one; scrollIntoView would take the focus.
    const list = $("nav ul");
    list.scrollLeft = $("nav [aria-current]").offsetLeft - list.offsetLeft;
    if (kpi) $(".definitions") && document.getElementById(kpi)?.scrollIntoView();
    if (!data) return;
    showChoices(state);
    const latest = data.periods[state.grain]?.[data.latest[state.grain]];
    for (const place of $$("h2 > .when")) place.textContent = latest ? latest[0] : "";
    showPart("changes", ["kpi", ...FIGURES, "trend"], state);
    showScorecard(state);
    const drawings = [
      ...showTiles(state, mine),
      ...data.charts.map((chart) => showChart(chart, state, mine)),
    ];
    await Promise.all(drawings);
    if (mine === turn) document.documentElement.dataset.shown = location.hash || "#";
  }

  for (const choice of languages) {
    choice.addEventListener("change", () => choose({ language: choice.value }));
  }
  $(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address keeps the choice, not the place
    document.getElementById("content").focus();
  });
  window.addEventListener("hashchange", show);
  $$("table.sortable").forEach(sortable);

  const find = document.getElementById("find");
  find?.addEventListener("input", () => {
    const text = find.value.trim().toLowerCase();
    for (const one of $$(".definitions .card")) {
      one.hidden = !`${one.id} ${one.textContent}`.toLowerCase().includes(text);
    }
    for (const section of $$("main > section")) {
      section.hidden = !$(".card:not([hidden])", section);
    }
  });

  if (data) {
    const form = $("form.choices");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.elements.grain.addEventListener("change", (event) => choose({ grain: event.target.value }));
    form.elements.segment_type.addEventListener("change", (event) => {
      const type = event.target.value;
      choose({ type, segment: data.segments[type][0] });
    });
    form.elements.segment_value.addEventListener("change", (event) =>
      choose({ segment: event.target.value }),
    );
    for (const id of ["search", "status"]) {
      document.getElementById(id)?.addEventListener("input", () => showScorecard(shown()));
    }
    for (const chart of data.charts) {
      $(`#chart-${chart.code} .download`).addEventListener("click", () => downloadChart(chart));
    }
    $("#scorecard .download")?.addEventListener("click", () => {
      const state = shown();
      const period = data.periods[state.grain]?.[data.latest[state.grain]] || [];
      const rows = cellsOf("scorecard", state).map((row) => ({
        ...row,
        period_grain: state.grain,
        period_start: period[1],
        segment_type: state.type,
        segment_value: state.segment,
      }));
      const columns = data.tables.scorecard.columns.slice(1);
      const keys = ["period_grain", "period_start", "segment_type", "segment_value"];
      download("scorecard", [columns[0], ...keys, ...columns.slice(1)], rows);
    });
  }
  show();
})();
