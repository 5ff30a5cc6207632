// Metrics as Prometheus reads them.

import Serving
import Testing

@Suite struct MetricsTests {
  @Test("counts of a histogram are cumulative") func cumulative() {
    var histogram = Histogram(limits: [1, 2, 4])
    for value in [0.5, 1, 1.5, 3, 9] { histogram.add(value) }
    #expect(histogram.cumulative == [2, 3, 4, 5] && histogram.sum == 15)
  }

  @Test("text with help, types and escaped labels") func text() {
    var text = MetricsText()
    text.begin("a_total", .counter, "Back\\slash,\nline.")
    text.add("a_total", 2, [("path", "a\"b\\c\nd")])
    text.begin("b", .histogram, "Sizes.")
    var histogram = Histogram(limits: [0.5])
    histogram.add(0.25)
    histogram.add(3)
    text.add("b", histogram, [("x", "y")])
    #expect(
      text.text == #"""
        # HELP a_total Back\\slash,\nline.
        # TYPE a_total counter
        a_total{path="a\"b\\c\nd"} 2
        # HELP b Sizes.
        # TYPE b histogram
        b_bucket{x="y",le="0.5"} 1
        b_bucket{x="y",le="+Inf"} 2
        b_sum{x="y"} 3.25
        b_count{x="y"} 2

        """#)
  }
}
