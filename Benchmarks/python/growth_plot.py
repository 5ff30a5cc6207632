"""Draws with gnuplot how cost grows: sequences per second by time steps, units and batch size."""

import subprocess

# The colors of rnn-plot (Okabe and Ito's).
COLORS = {"rnnpipe": "#0072B2", "keras-tf": "#D55E00", "torch": "#009E73", "jax": "#CC79A7"}
AXES = {"steps": "time steps", "units": "units", "batch": "batch size"}
KINDS = {"train": "training", "predict": "prediction"}


def draw(lines, names, path):
    """Writes the picture to `path`; lines are solid for all cores, dashed for one core."""
    lines = [line for line in lines if "median" in line]
    most = max(line["threads"] for line in lines)
    script = [
        "set terminal svg size 1200,760 font 'sans-serif,13' background '#FFFFFF'",
        f"set output '{path}'",
        "set logscale xy 2",
        "set logscale y 10",
        "set format y '%.0s%c'",
        "set border 3 linecolor rgb '#9A9A9A'",
        "set tics nomirror out scale 0.4 textcolor rgb '#4D4D4D'",
        "set grid linetype 1 linewidth 0.7 linecolor rgb '#E6E6E6'",
        "set multiplot layout 2,3 margins 0.05,0.98,0.07,0.88 spacing 0.05,0.13",
        "set key at screen 0.98,0.985 right top horizontal samplen 2",
        "set label 100 'Sequences per second, sentiment LSTM; dashed: one thread' at screen 0.02,0.97 font ',16'",
    ]
    for kind in KINDS:
        for axis in AXES:
            chosen = [line for line in lines if line["kind"] == kind and axis in line]
            script += [*panel(chosen, axis, kind, names, most), "unset label 100", "unset key"]
    script.append("unset multiplot")
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True)


def panel(lines, axis, kind, names, most):
    """The commands that draw one panel."""
    order = list(names)
    curves = sorted({(order.index(line["side"]), line["threads"]) for line in lines})
    commands, plots = [], []
    for number, (place, threads) in enumerate(curves):
        side = order[place]
        own = [line for line in lines if (line["side"], line["threads"]) == (side, threads)]
        points = sorted((line[axis], line["median"]) for line in own)
        commands += [f"$c{number} << END", *(f"{x} {y}" for x, y in points), "END"]
        dash = "" if threads == most else "dashtype 2 "
        title = f"title '{names[side]}'" if threads == most else "notitle"
        plots.append(
            f"$c{number} using 1:2 {title} with linespoints linewidth 2 pointtype 7 pointsize 0.5 {dash}"
            f"linecolor rgb '{COLORS[side]}'")
    sizes = sorted({line[axis] for line in lines})
    ticks = ", ".join(map(str, sizes))
    return [
        f"set title '{KINDS[kind]}, by {AXES[axis]}' offset 0,-0.5",
        f"set xrange [{sizes[0] / 1.2}:{sizes[-1] * 1.2}]",
        f"set xtics ({ticks})",
        *commands,
        "plot " + ", ".join(plots),
    ]
