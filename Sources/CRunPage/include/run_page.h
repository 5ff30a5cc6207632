// The files of the page of runs, which are part of the executable: as an array literal in Swift, they took longer to compile
// than everything else about the page.
#pragma once

/// The page's HTML, with places for what is filled in.
const char *_Nonnull run_page_document(void);

/// The style sheet.
const char *_Nonnull run_page_style(void);

/// The parts of the script.
const char *_Nonnull run_page_script(void);
