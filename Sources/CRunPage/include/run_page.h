// The files of the page of runs, which are part of the executable. They are embedded in C, since Swift's array literals would
// take longer to compile than everything else about the page.
#pragma once

/// The page's HTML, with places for what is filled in.
const char *_Nonnull run_page_document(void);

/// The style sheet.
const char *_Nonnull run_page_style(void);

/// The parts of the script.
const char *_Nonnull run_page_script(void);
