// Numbers that are read without long arithmetic are the same as those of the C library.

import Foundation
import JSON
import Testing

@Suite struct DecimalNumberTests {
  @Test(
    arguments: [
      "0.1", "-0.1", "1e22", "1e23", "1e-22", "1e-23", "123456789012345", "1234567890123456",
      "0.000001234567890123",
      "9007199254740993", "-0", "-0.0", "0e5", "0.0e-999", "1.7976931348623157e308", "5e-324",
      "2.2250738585072014e-308",
      "3.141592653589793", "8.41e21", "999999999999999e22", "0.30000000000000004", "1e+3", "1E-3", "100.00",
      "-12",
    ])
  func exact(_ text: String) throws {
    let value = try #require(try JSONValue(parsing: text).double)
    #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
  }

  @Test("random numbers") func random() throws {
    var state: UInt64 = 1
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for _ in 0..<20_000 {
      let digits = String((0..<(1 + next(18))).map { _ in Character("\(next(10))") })
      let fraction = String((0..<(1 + next(12))).map { _ in Character("\(next(10))") })
      let whole = digits.drop { $0 == "0" }
      let text = "\(next(2) == 0 ? "-" : "")\(whole.isEmpty ? "0" : whole).\(fraction)e\(next(60) - 30)"
      let value = try #require(try JSONValue(parsing: text).double)
      #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
    }
  }

  @Test func integersStayIntegers() throws {
    #expect(try JSONValue(parsing: "-12") == .integer(-12))
    #expect(try JSONValue(parsing: "0") == .integer(0))
    #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSONValue(parsing: "1.0") == .number(1))
  }
}
