// Availability of the product on an order line (or of a product itself), asked of Tandem whenever product,
// quantity, unit or date change.
//
// The form's script (order_line.js) calls setClientApiContext. The web resource's custom parameter (data) says
// where Tandem is: app=https://…&key=…&connection=…. What comes from outside is written as text, never as HTML.
"use strict";

(() => {
  const WATCHED = ["productid", "quantity", "uomid", "requestdeliveryby", "isproductoverridden"];
  const PAUSE_MS = 250;
  const PATIENCE_MS = 25000;
  // State, sign, in a table, with a quantity, without one.
  const LOOKS = {
    enough: ["good", "✓", "Enough", "{amount} can be had on this day", "Something can be promised"],
    later: ["later", "◷", "From {date}", "{amount} can be had from {date}", "From {date}"],
    short: ["bad", "✕", "Not with what is planned", "{amount} cannot be had with what is planned", "Nothing can be promised"],
    in_stock: ["good", "✓", "In stock", "{amount} are in stock; what is promised is not known", "In stock; what is promised is not known"],
    not_in_stock: ["bad", "✕", "Not in stock", "{amount} are not in stock; what is on order is not known", "Not in stock; what is on order is not known"],
    not_stocked: ["plain", "–", "Not kept in stock", "Not kept in stock", "Not kept in stock"],
  };
  const FIGURES = [
    ["inventory", "On hand"], ["reserved", "Reserved"], ["onSalesOrders", "On sales orders"],
    ["onPurchaseOrders", "On purchase orders"], ["projected", "Projected"], ["promisable", "Can be promised"],
  ];

  const part = (id) => document.getElementById(id);
  const settings = new URLSearchParams(new URLSearchParams(location.search).get("data") || "");
  const numbers = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 5 });
  const days = new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium", timeZone: "UTC" });
  const times = new Intl.DateTimeFormat(navigator.language, { timeStyle: "medium" });

  let form = null;
  let pending = 0;
  let running = null;

  // The headers that let a request in. Without a key it is the route for people who are signed in: a script
  // that signs them in puts a function here that returns { Authorization: "Bearer …" }.
  window.tandemAccess = async () => {
    const key = settings.get("key");
    return key ? { "x-functions-key": key } : {};
  };

  window.setClientApiContext = (xrm, formContext) => {
    form = formContext;
    for (const name of WATCHED) {
      const attribute = form.getAttribute(name);
      if (attribute) attribute.addOnChange(soon);
    }
    ask();
  };

  function soon() {
    clearTimeout(pending);
    pending = setTimeout(ask, PAUSE_MS);
  }

  const value = (name) => form?.getAttribute(name)?.getValue() ?? null;

  // On the form of a product it is the record itself, on that of a line what the line is about.
  function product() {
    const record = form?.data?.entity;
    return record?.getEntityName() === "product" ? record.getId() : value("productid")?.[0]?.id;
  }

  function question() {
    const id = product();
    if (!id) return null;
    const asked = { item: id.replace(/[{}]/g, "") };
    const quantity = value("quantity");
    if (quantity > 0) asked.quantity = Number(quantity).toFixed(5);
    const unit = value("uomid")?.[0]?.name;
    if (unit) asked.unit = unit;
    const day = value("requestdeliveryby");
    if (day) asked.date = localDay(day);
    return asked;
  }

  // The form gives a day as midnight where the person is.
  function localDay(day) {
    const two = (number) => String(number).padStart(2, "0");
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  }

  async function ask() {
    running?.abort();
    const asked = question();
    if (!settings.get("app")) return tell("plain", "Tandem's address is missing: an administrator enters it as the custom parameter of this web resource.");
    if (value("isproductoverridden")) return tell("plain", "A write-in product has no stock.");
    if (!asked) return tell("plain", "Choose a product to see what is there.");
    const mine = new AbortController();
    running = mine;
    tell("plain", "Asking Business Central …");
    const timer = setTimeout(() => mine.abort("late"), PATIENCE_MS);
    try {
      await answered(asked, mine);
    } catch (error) {
      if (running === mine) failed(error, mine.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function answered(asked, mine) {
    let reply = await call(asked, mine.signal);
    let unknownUnit = "";
    if (reply.status === 400 && reply.body.field === "unit") {
      unknownUnit = asked.unit;
      const { unit, quantity, ...rest } = asked;
      reply = await call(rest, mine.signal);
    }
    if (running !== mine) return;
    if (reply.status === 200) show(reply.body, unknownUnit);
    else refused(reply);
  }

  async function call({ item, ...query }, signal) {
    if (settings.get("connection")) query.connection = settings.get("connection");
    const route = settings.get("key") ? "api/items" : "api/people/items";
    const address = `${settings.get("app").replace(/\/$/, "")}/${route}/${encodeURIComponent(item)}/availability`;
    const answer = await fetch(`${address}?${new URLSearchParams(query)}`, {
      headers: await window.tandemAccess(), credentials: "omit", cache: "no-store", signal,
    });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  }

  function refused({ status, body }) {
    if (status === 401 || status === 403) tell("bad", body.detail ?? "Tandem does not accept the key of this form. An administrator has to enter a valid one.");
    else if (status === 404) tell("plain", "Business Central has no item for this product.");
    else if (status === 503) tell("bad", "Business Central cannot be asked at the moment. Try again in half a minute.");
    else tell("bad", `Tandem answered ${status}. ${body.detail ?? ""}`);
    part("again").hidden = false;
  }

  function failed(error, signal) {
    if (signal.aborted && signal.reason !== "late") return;
    tell("bad", signal.aborted
      ? "Tandem did not answer in time."
      : `Tandem cannot be reached. If it stays so, an administrator checks its address, and that its CORS list holds ${location.origin}.`);
    part("again").hidden = false;
  }

  function tell(state, text, sign = "") {
    const verdict = part("verdict");
    verdict.dataset.state = state;
    verdict.textContent = sign ? `${sign} ${text}` : text;
    for (const id of ["figures", "places", "remarks", "again"]) part(id).hidden = true;
    part("age").textContent = "";
  }

  function show(told, unknownUnit) {
    const [state, sign, , withQuantity, without] = look(told, told);
    tell(state, told.quantity === null ? without : withQuantity, sign);
    showFigures(told);
    showPlaces(told);
    const remarks = [...told.remarks];
    if (told.item.blocked) remarks.unshift("The item is blocked in Business Central.");
    if (unknownUnit) remarks.unshift(`Business Central does not know the unit ${unknownUnit} of this item: the figures are in ${told.unit}.`);
    fill(part("remarks"), remarks.map((text) => made("li", text)));
    part("remarks").hidden = !remarks.length;
    const at = times.format(new Date(told.asOf));
    part("age").textContent = `${told.item.number}, read at ${at}${told.stale ? " (older than usual)" : ""}`;
    part("again").hidden = false;
  }

  function look({ verdict, earliestDate }, { quantity, unit }) {
    const words = { amount: quantity === null ? "" : amount(quantity, unit), date: earliestDate ? day(earliestDate) : "" };
    const found = LOOKS[verdict] ?? ["plain", "", verdict, verdict, verdict];
    return found.map((text) => text.replace(/{(amount|date)}/g, (_, name) => words[name]));
  }

  function showFigures(told) {
    const known = FIGURES.filter(([name]) => told[name] !== null);
    const pairs = known.map(([name, caption]) => group(caption, amount(told[name], told.unit)));
    fill(part("figures"), [group("Day", day(told.date)), ...pairs]);
    part("figures").hidden = false;
  }

  function showPlaces(told) {
    const variants = told.places.some((place) => place.variant);
    document.querySelector("[data-variant]").hidden = !variants;
    fill(part("places").tBodies[0], told.places.map((place) => placeRow(place, told, variants)));
    part("places").hidden = !told.places.length;
  }

  function placeRow(place, told, variants) {
    const [state, sign, words] = look(place, told);
    const head = made("th", place.location || "(no location)");
    head.scope = "row";
    const verdict = made("td", `${sign} ${words}`);
    verdict.dataset.state = state;
    const cells = [head];
    if (variants) cells.push(made("td", place.variant || "–"));
    for (const name of ["inventory", "projected", "promisable"]) {
      const cell = made("td", amount(place[name], told.unit));
      cell.className = "number";
      cells.push(cell);
    }
    const row = document.createElement("tr");
    row.append(...cells, verdict);
    return row;
  }

  function group(caption, text) {
    const pair = document.createElement("div");
    pair.append(made("dt", caption), made("dd", text));
    return pair;
  }

  function made(name, text) {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
  }

  const fill = (element, children) => element.replaceChildren(...children);
  const amount = (number, unit) => `${numbers.format(number)} ${unit}`.trim();
  const day = (text) => days.format(new Date(`${text}T00:00:00Z`));

  part("again").addEventListener("click", ask);
  tell("plain", "Waiting for the form. If it stays so, the form lacks the script tandem_/availability/order_line.js at the event On Load.");
})();
