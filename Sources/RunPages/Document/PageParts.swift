// The page's own files, which are part of the executable.

import CRunPage

/// The parts of the page.
package enum PageParts {
  /// The page's HTML, with places for what is filled in.
  static var document: String { String(cString: run_page_document()) }

  /// The style sheet.
  package static var style: String { String(cString: run_page_style()) }

  /// The script: one function, so that its parts see each other, and nothing else does.
  package static var script: String {
    "(() => {\n\"use strict\";\n" + String(cString: run_page_script()) + "})();\n"
  }
}
