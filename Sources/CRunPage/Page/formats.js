// Numbers, sizes and times as text.

/** A whole number with a separator between thousands. */
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

/** A number to six significant digits, as the command's tables show it. */
const rounded = (value) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const text = Number(value.toPrecision(6));
  const size = Math.abs(text);
  return size >= 1e15 || size < 1e-5 ? text.toExponential().replace("e+", "e") : String(text);
};

/** A number for an axis: short, with a power of ten where it is far from one. */
const tickText = (value) => {
  const text = Number(value.toPrecision(4));
  const size = Math.abs(text);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return text.toExponential().replace("e+", "e");
  return String(text);
};

/** A time span: 0.125 s, 12.3 s, 12:30, 1:02:03. */
const span = (seconds) => {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${seconds.toFixed(seconds < 1 ? 3 : 1)} s`;
  const two = (number) => String(number).padStart(2, "0");
  const all = Math.round(seconds);
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return hours > 0 ? `${grouped(hours)}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
};

/** A number of bytes, in powers of 1,000. */
const bytesText = (count) => {
  if (count === null || count === undefined) return "";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [size, unit] = [count, 0];
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${unit > 0 && size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
};

/** A point in time in the reader's time zone, to the minute or to the second. */
const timeText = (milliseconds, seconds = false) => {
  if (milliseconds === null || milliseconds === undefined) return "";
  const time = new Date(milliseconds);
  const two = (number) => String(number).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return `${day} ${clock}${seconds ? `:${two(time.getSeconds())}` : ""}`;
};

/** The random part of a run's id, which is enough to identify it. */
const shortID = (id) => id.split("-").pop();

/** A cell of CSV, in quotes where needed. */
const csvCell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
