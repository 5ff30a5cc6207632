// The page's own files, which are part of the executable.

/// The parts of the page.
package enum PageParts {
  /// The page's HTML, with places for what is filled in.
  static var document: String { text(PackageResources.page_html) }

  /// The style sheet.
  package static var style: String {
    [
      PackageResources.colors_css, PackageResources.layout_css, PackageResources.table_css,
      PackageResources.charts_css,
    ].map(text).joined(separator: "\n")
  }

  /// The script: one function, so that its parts see each other, and nothing else does.
  package static var script: String {
    let parts = [
      PackageResources.words_js, PackageResources.elements_js, PackageResources.formats_js,
      PackageResources.columns_js, PackageResources.runs_js, PackageResources.conditions_js,
      PackageResources.headings_js, PackageResources.scales_js, PackageResources.table_js,
      PackageResources.export_js,
      PackageResources.curves_js, PackageResources.readings_js, PackageResources.axes_js,
      PackageResources.limits_js, PackageResources.parallel_js, PackageResources.lineage_js,
      PackageResources.details_js,
      PackageResources.live_js, PackageResources.start_js,
    ]
    return "(() => {\n\"use strict\";\n" + parts.map(text).joined(separator: "\n") + "})();\n"
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
