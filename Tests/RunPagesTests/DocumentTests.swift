// The page's HTML: nothing from outside becomes a part of it.

import Charts
import Foundation
import RunPages
import Testing

@Suite struct DocumentTests {
  private func page(title: String?) throws -> String {
    var text = ""
    try PageDocument(title: title, language: .en).write(data: [1, 2, 3], pictures: []) { text += $0 }
    return text
  }

  @Test("texts are escaped") func escapes() {
    #expect(escaped(#"<a b="c">&'d'"#) == "&lt;a b=&quot;c&quot;&gt;&amp;&#39;d&#39;")
    #expect(escaped("a\u{0}\r\nb\u{85}") == "a\u{FFFD}\u{FFFD}\u{FFFD}b\u{FFFD}")
    #expect(escaped("汉字 \u{2028}") == "汉字 \u{2028}")
  }

  @Test(
    "a title can't end its element, nor be filled in",
    arguments: ["</title><script>alert(1)</script>", "{{script}}", "{{data}}"])
  func titles(title: String) throws {
    let (plain, odd) = (try page(title: "x"), try page(title: title))
    #expect(odd.components(separatedBy: "<script").count == plain.components(separatedBy: "<script").count)
    #expect(!odd.contains("alert(1)</script>") && odd.contains("AQID"))
  }

  @Test("the page needs nothing from elsewhere") func selfContained() throws {
    let text = try page(title: nil)
    for sign in [
      "src=\"http", "href=\"http", "@import", "url(http", "eval(", "innerHTML", " onclick=", " style=\"",
    ] {
      #expect(!text.contains(sign), "\(sign)")
    }
    #expect(text.contains("default-src &#39;none&#39;") && !text.contains("unsafe-inline"))
  }

  @Test("the script and the style sheet end where the document ends them") func parts() {
    #expect(!PageParts.script.contains("</script") && !PageParts.style.contains("</style"))
    #expect(!PageParts.script.contains("{{") && !PageParts.style.contains("{{"))
  }
}
