// Numbers in the formats of messages and tables.

import Stage
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (0.125, 2, "0.13"), (-0.125, 2, "-0.13"), (-0.001, 2, "0.00"), (1234.5678, 1, "1234.6"),
    (9.999, 2, "10.00"), (3, 0, "3"), (2.5, 0, "3"), (1e300, 2, "1e+300"), (.nan, 2, "nan"),
    (.infinity, 1, "inf"),
  ])
  func fixed(_ value: Double, _ digits: Int, _ text: String) {
    #expect(NumberText.fixed(value, digits) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (1.0, "1"), (0.1, "0.1"), (123456789.0, "123456789"), (0.000123456789, "0.000123457"),
    (-2.5, "-2.5"), (1e-9, "1e-09"), (1e20, "1e+20"), (-.infinity, "-inf"),
  ])
  func significant(_ value: Double, _ text: String) {
    #expect(NumberText.significant(value) == text)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func grouped(_ value: Int, _ text: String) {
    #expect(NumberText.grouped(value) == text)
  }

  @Test(arguments: [
    (0.0, "0 B"), (812, "812 B"), (1400, "1.4 kB"), (84_125_825, "84 MB"), (999_900, "1.0 MB"),
    (5e15, "5000 TB"),
  ])
  func bytes(_ count: Double, _ text: String) {
    #expect(NumberText.bytes(count) == text)
  }

  @Test(arguments: [
    (0.0, "0:00"), (7.4, "0:07"), (750, "12:30"), (3723, "1:02:03"), (-1, "0:00"), (.infinity, "-"),
  ])
  func duration(_ seconds: Double, _ text: String) {
    #expect(NumberText.duration(seconds: seconds) == text)
  }
}
