// The fields that limit the axes of the parallel coordinates, which do all that dragging does.

/** The fields of an axis. */
const limitFields = (axis, limit, number, change) => {
  const legend = h("legend", {}, axis.name);
  if (!axis.isNumber) {
    const boxes = axis.values.map((value) => h("label", { class: "choice" }, h("input", {
      type: "checkbox", checked: !limit || limit.allowed.has(value),
      change: (event) => {
        const allowed = new Set(limit ? limit.allowed : axis.values);
        if (event.target.checked) allowed.add(value);
        else allowed.delete(value);
        change(allowed.size === axis.values.length ? null : { allowed });
      },
    }), clipped(value, 28)));
    return h("fieldset", {}, legend, h("div", { class: "choices" }, boxes));
  }
  const field = (end, label) => {
    const id = `limit-${number}-${end}`;
    const input = h("input", {
      id, type: "number", step: "any", value: limit?.[end] ?? "",
      change: (event) => {
        const next = { ...limit, [end]: event.target.value === "" ? undefined : Number(event.target.value) };
        change(next.low === undefined && next.high === undefined ? null : next);
      },
    });
    return [h("label", { for: id }, label), input];
  };
  return h("fieldset", {}, legend, h("div", { class: "range-fields" }, field("low", t("from")), field("high", t("to"))));
};

/** Draws the fields of all axes anew, and keeps the focus. */
const drawLimitFields = (axes, limits, change) => {
  const focused = document.activeElement?.id;
  byID("limit-fields").replaceChildren(...axes.map((axis, number) =>
    limitFields(axis, limits.get(axis.heading.key), number, (limit) => change(axis.heading.key, limit))));
  if (focused?.startsWith("limit-")) byID(focused)?.focus();
};
