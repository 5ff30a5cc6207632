// The page's files, in the order in which they are parts of it.

#include "run_page.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char document[] = {
#embed "Page/page.html"
, 0};

static const char style[] = {
#embed "Page/colors.css"
, '\n',
#embed "Page/layout.css"
, '\n',
#embed "Page/table.css"
, '\n',
#embed "Page/charts.css"
, 0};

static const char script[] = {
#embed "Page/words.js"
, '\n',
#embed "Page/elements.js"
, '\n',
#embed "Page/formats.js"
, '\n',
#embed "Page/columns.js"
, '\n',
#embed "Page/runs.js"
, '\n',
#embed "Page/conditions.js"
, '\n',
#embed "Page/headings.js"
, '\n',
#embed "Page/scales.js"
, '\n',
#embed "Page/table.js"
, '\n',
#embed "Page/export.js"
, '\n',
#embed "Page/curves.js"
, '\n',
#embed "Page/readings.js"
, '\n',
#embed "Page/axes.js"
, '\n',
#embed "Page/limits.js"
, '\n',
#embed "Page/parallel.js"
, '\n',
#embed "Page/lineage.js"
, '\n',
#embed "Page/details.js"
, '\n',
#embed "Page/live.js"
, '\n',
#embed "Page/start.js"
, 0};

const char *run_page_document(void) { return document; }

const char *run_page_style(void) { return style; }

const char *run_page_script(void) { return script; }
