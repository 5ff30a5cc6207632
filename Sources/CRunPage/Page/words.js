// The page's own words in English and Chinese. Names from the data stay as they are.

const plural = (count, one, many) => (count === 1 ? one : many.replace("#", grouped(count)));

const catalog = {
  en: {
    runs: "Runs", skip: "Skip to the runs", other: "中文", otherLabel: "切换到中文", live: "Live",
    lost: "Not connected", curves: "Curves", parallel: "Parameters and results", about: "About this page",
    filter: "Filter", filterHint: "words, or conditions such as units>=32 val_loss<0.3 stage=rnn-train",
    stage: "Stage", status: "Status", all: "all", columns: "Columns", parameters: "Parameters", metrics: "Metrics",
    tags: "Tags", properties: "Properties", tick: "Show in the curves", tickPage: "Tick this page", untick: "Untick all",
    tableLabel: "Table of runs", plotLabel: "Parallel coordinates", pages: "Pages", detailsLabel: "Details",
    ticked: (n) => `${n} ticked`, count: (n) => plural(n, "1 run", "# runs"), csv: "Save as CSV",
    countOf: (n, all) => `${grouped(n)} of ${plural(all, "1 run", "# runs")}`, noRuns: "No run fits the filter.",
    range: (from, to, all) => `${grouped(from)}–${grouped(to)} of ${grouped(all)}`, first: "First page",
    previous: "Previous page", next: "Next page", last: "Last page", perPage: "Rows", best: "best",
    id: "Run", name: "Name", started: "Started", time: "Time", generated: "Made", registry: "Registry",
    user: "User", param: "parameter", tag: "tag", running: "running", done: "done", failed: "failed", interrupted: "interrupted", close: "Close",
    metric: "Metric", log: "Logarithmic", smoothing: "Smoothing", off: "off", step: "step",
    noCurves: "Tick runs that have metrics to see their curves.", manyTicks: (n) => `At most ${n} runs can be ticked.`,
    notIncluded: (n) => plural(n, "1 ticked run has no such curve here.", "# ticked runs have no such curve here."),
    chartKeys: "Arrow keys move from step to step.", values: "Table of values", tableCut: (n) => `The first ${n} steps.`,
    colorBy: "Result", axes: "Axes", limit: "Limit", from: "from", to: "to", reset: "Remove limits", any: "any",
    toTable: "Filter the table like this", within: (n, all) => `${grouped(n)} of ${grouped(all)} runs are within the limits`,
    parallelHelp: "Each line is a run, the stronger its color, the better. Drag along an axis to limit it, or use the fields below.",
    parallelHelpPlain: "Each line is a run. Drag along an axis to limit it, or use the fields below.",
    noParallel: "There are no parameters that differ among runs with a result.", fewer: (n) => `The first ${grouped(n)} runs of the table are drawn.`,
    parallelAlt: (lines, names) => `Parallel coordinates of ${lines} runs: ${names}.`,
    curvesAlt: (metric, runs) => `${metric} by step, of ${runs}.`, none: "none", logMark: "log",
    command: "Command", error: "Error", ended: "Ended", took: "Took", processor: "Processor", memory: "Memory",
    seed: "Seed", version: "Version", host: "Host", folder: "Folder", exit: "Exit code", position: "output",
    inputs: "Inputs", outputs: "Outputs", lineage: "Lineage", pictures: "Pictures", lastValue: "Last", min: "Smallest",
    max: "Largest", at: (step) => `step ${step}`, rows: (n) => plural(n, "1 row", "# rows"), from_: "from",
    unknown: "not in this registry", lineageAlt: (n) => `The lineage of this run: ${plural(n, "1 run", "# runs")}, listed below.`,
    lineageList: "As a list", upstream: "upstream", downstream: "downstream", thisRun: "this run", data: "data",
    lineageCut: (n) => `Only ${n} runs are drawn.`, gone: "the file is gone", changed: "the file is not as the run wrote it",
    large: "the file is larger than this page takes", foreign: "the file is no PNG or SVG picture", full: "this page is full",
    loading: "Loading …", failedLoad: "The data can't be read: ", old: "This browser is too old for this page: it lacks DecompressionStream.",
    olderLeft: (n, most) => `The table has the newest ${grouped(most)} runs; ${plural(n, "1 older run is", "# older runs are")} left out.`,
    curvesLeft: (n, all) => `Curves of the newest ${grouped(n)} of ${plural(all, "1 run", "# runs")} with metrics are included.`,
    pointsLeft: (n) => `A curve of more than ${grouped(n)} values shows the lowest and the highest of each interval.`,
    picturesLeft: (n, one, all) => `${plural(n, "1 picture is", "# pictures are")} not included: files that have changed, or are larger than ${one}, or beyond ${all} in all.`,
    upstreamLeft: (n) => `Runs upstream of more than ${grouped(n)} are left out of the lineage.`, nothingLeft: "Nothing is left out.",
    liveNote: "Running runs are refreshed every few seconds, and new ones appear. Changes to older runs show after a reload.",
    unknownColumn: (name) => `There is no column “${name}”.`, madeBy: (version) => `Made by rnn-runs ${version}.`,
    share: "Values are rounded to six digits; the CSV file has all of them.",
  },
  zh: {
    runs: "运行记录", skip: "跳到运行列表", other: "English", otherLabel: "Switch to English", live: "实时",
    lost: "连接中断", curves: "曲线", parallel: "参数与结果", about: "关于本页",
    filter: "筛选", filterHint: "关键词，或条件，例如 units>=32 val_loss<0.3 stage=rnn-train",
    stage: "阶段", status: "状态", all: "全部", columns: "列", parameters: "参数", metrics: "指标",
    tags: "标签", properties: "属性", tick: "在曲线中显示", tickPage: "勾选本页", untick: "全部取消",
    tableLabel: "运行列表", plotLabel: "平行坐标图", pages: "翻页", detailsLabel: "详细信息",
    ticked: (n) => `已勾选 ${n} 个`, count: (n) => `${grouped(n)} 次运行`, csv: "保存为 CSV",
    countOf: (n, all) => `${grouped(all)} 次运行中的 ${grouped(n)} 次`, noRuns: "没有符合条件的运行。",
    range: (from, to, all) => `第 ${grouped(from)}–${grouped(to)} 条，共 ${grouped(all)} 条`, first: "首页",
    previous: "上一页", next: "下一页", last: "末页", perPage: "行数", best: "最佳",
    id: "运行", name: "名称", started: "开始时间", time: "用时", generated: "生成于", registry: "记录库",
    user: "用户", param: "参数", tag: "标签", running: "运行中", done: "完成", failed: "失败", interrupted: "中断", close: "关闭",
    metric: "指标", log: "对数坐标", smoothing: "平滑", off: "关", step: "步",
    noCurves: "勾选有指标的运行即可查看曲线。", manyTicks: (n) => `最多勾选 ${n} 次运行。`,
    notIncluded: (n) => `有 ${grouped(n)} 次勾选的运行没有这条曲线。`,
    chartKeys: "用方向键逐步查看。", values: "数值表", tableCut: (n) => `前 ${n} 步。`,
    colorBy: "结果", axes: "坐标轴", limit: "范围", from: "从", to: "到", reset: "取消范围", any: "不限",
    toTable: "按此筛选列表", within: (n, all) => `${grouped(all)} 次运行中有 ${grouped(n)} 次在范围内`,
    parallelHelp: "每条线是一次运行，颜色越醒目结果越好。沿坐标轴拖动可限定范围，也可使用下方的输入框。",
    parallelHelpPlain: "每条线是一次运行。沿坐标轴拖动可限定范围，也可使用下方的输入框。",
    noParallel: "有结果的运行之间没有不同的参数。", fewer: (n) => `仅画出列表中的前 ${grouped(n)} 次运行。`,
    parallelAlt: (lines, names) => `${lines} 次运行的平行坐标图：${names}。`,
    curvesAlt: (metric, runs) => `${runs} 的 ${metric} 随步数的变化。`, none: "无", logMark: "对数",
    command: "命令", error: "错误", ended: "结束时间", took: "用时", processor: "处理器时间", memory: "内存",
    seed: "随机种子", version: "版本", host: "主机", folder: "目录", exit: "退出码", position: "输出",
    inputs: "输入", outputs: "输出", lineage: "数据来源", pictures: "图片", lastValue: "最终值", min: "最小值",
    max: "最大值", at: (step) => `第 ${step} 步`, rows: (n) => `${grouped(n)} 行`, from_: "来自",
    unknown: "不在此记录库中", lineageAlt: (n) => `本次运行的数据来源图，共 ${grouped(n)} 次运行，下方有列表。`,
    lineageList: "列表形式", upstream: "上游", downstream: "下游", thisRun: "本次运行", data: "数据",
    lineageCut: (n) => `仅画出 ${n} 次运行。`, gone: "文件已不存在", changed: "文件已不是该运行写出的内容",
    large: "文件过大，未收入本页", foreign: "文件不是 PNG 或 SVG 图片", full: "本页容量已满",
    loading: "正在载入……", failedLoad: "无法读取数据：", old: "浏览器版本过旧，不支持 DecompressionStream，无法显示本页。",
    olderLeft: (n, most) => `列表含最新的 ${grouped(most)} 次运行，省略了更早的 ${grouped(n)} 次。`,
    curvesLeft: (n, all) => `${grouped(all)} 次有指标的运行中，收入了最新 ${grouped(n)} 次的曲线。`,
    pointsLeft: (n) => `超过 ${grouped(n)} 个值的曲线只保留每段的最低值和最高值。`,
    picturesLeft: (n, one, all) => `有 ${grouped(n)} 张图片未收入：文件已变化、大于 ${one}，或总量超过 ${all}。`,
    upstreamLeft: (n) => `上游运行超过 ${grouped(n)} 次，其余未列入数据来源。`, nothingLeft: "没有省略任何内容。",
    liveNote: "运行中的记录每隔几秒刷新，新的运行会自动出现。较早运行的改动在重新载入后显示。",
    unknownColumn: (name) => `没有名为“${name}”的列。`, madeBy: (version) => `由 rnn-runs ${version} 生成。`,
    share: "数值保留六位有效数字；CSV 文件含全部数位。",
  },
};

let language = "en";

/** The text for `key` in the page's language. */
const t = (key, ...values) => {
  const entry = catalog[language][key];
  return typeof entry === "function" ? entry(...values) : entry;
};

/** Fills in the texts of all elements that have `data-t` (their content) or `data-t-label` (their label). */
const translate = (root) => {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.dataset.tLabel));
  for (const element of root.querySelectorAll("[data-t-hint]")) element.placeholder = t(element.dataset.tHint);
};
