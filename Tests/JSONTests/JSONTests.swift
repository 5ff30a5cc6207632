// JSON: what is accepted, what is rejected, and canonical output.

import Failures
import JSON
import Testing

@Suite struct JSONTests {
  @Test(
    arguments: [
      ("null", JSONValue.null), ("true", true), (" false ", false), ("0", 0), ("-1", -1), ("\"a\"", "a"),
      ("9223372036854775807", 9_223_372_036_854_775_807),
      ("9223372036854775808", 9_223_372_036_854_775_808.0),
      ("1.5", 1.5), ("1e3", 1000.0), ("-0", -0.0), ("-0.0e-2", -0.0), ("2E+2", 200.0),
      ("[]", []), ("[1,[2],{}]", [1, [2], [:]]), ("{\"a\":{\"b\":[null]}}", ["a": ["b": [nil]]]),
      (#""\u00e4\n\"\\\/\b\f\r\t""#, "ä\n\"\\/\u{8}\u{C}\r\t"), (#""\ud83d\ude00""#, "😀"), ("\"中\"", "中"),
    ] as [(String, JSONValue)]) func reads(text: String, value: JSONValue) throws
  {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "01", "+1", ".5", "1.", "1e", "1e+", "0x1", "--1", "-", "1 2", "1e400",
    "NaN", "Infinity", "'a'", "\"a", "\"\n\"", "\"\t\"", #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud83d""#,
    #""\ud83dx""#, #""\ud83d\u0041""#, #""\ude00""#, "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "}", "{,}",
    "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":2}",
    #"{"a":1,"\u0061":2}"#, "// a\n1", "/**/1", "[1]]", "{}{}", "\u{FEFF}1", "\u{A0}1",
  ]) func refuses(text: String) {
    #expect(throws: Failure.self) { try JSONValue(parsing: text) }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE4, 0xB8, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x00], [0x31, 0x00], [0xEF, 0xBB, 0xBF, 0x31],
    ] as [[UInt8]]) func refusesBadBytes(bytes: [UInt8])
  {
    #expect(throws: Failure.self) { try JSONValue(parsing: bytes) }
  }

  @Test func depthIsLimited() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nested(64))
    for depth in [65, 100_000] {
      #expect(throws: Failure.self) { try JSONValue(parsing: nested(depth)) }
    }
    #expect(throws: Failure.self) { try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
  }

  @Test func writesOneCanonicalForm() {
    let value: JSONValue = ["b": [1, 2.5, nil], "a": "x\"\\\n\u{1}/ä", "": true, "ä": 1e300]
    #expect(value.text == #"{"":true,"a":"x\"\\\n\u0001/ä","b":[1,2.5,null],"ä":1e+300}"#)
    #expect(JSONValue.array([.number(.nan), .number(.infinity), .number(-0.0)]).text == "[null,null,-0.0]")
  }

  @Test(
    arguments: [0.1, 1.0 / 3.0, 5e-324, 1.797_693_134_862_315_7e308, 1e21, 123_456_789.125, -2.5e-7]
      as [Double])
  func numbersReadBackExactly(number: Double) throws {
    #expect(try JSONValue(parsing: JSONValue.number(number).text) == .number(number))
  }

  @Test func valuesKeepTheirType() {
    let value: JSONValue = ["i": 3, "n": 3.0, "f": 3.5, "s": "3", "b": true, "a": [1]]
    #expect(value["i"]?.int == 3 && value["n"]?.int == 3 && value["f"]?.int == nil && value["s"]?.int == nil)
    #expect(value["i"]?.double == 3 && value["f"]?.double == 3.5 && value["b"]?.double == nil)
    #expect(value["s"]?.string == "3" && value["i"]?.string == nil)
    #expect(value["b"]?.bool == true && value["i"]?.bool == nil)
    #expect(value["a"]?.array == [1] && value["a"]?["i"] == nil && value["missing"] == nil)
    #expect(JSONValue.number(1e300).int == nil && JSONValue.number(.nan).int == nil)
  }

  @Test func valuesAreCounted() throws {
    #expect(try JSONValue(parsing: Array(#"{"a":[1,2]}"#.utf8), mostValues: 5) == ["a": [1, 2]])
    for text in [#"{"a":[1,2]}"#, "[[],[],[],[]]", #"{"a":1,"b":2}"#] {
      let error = #expect(throws: Failure.self) { try JSONValue(parsing: Array(text.utf8), mostValues: 4) }
      #expect(error?.problem == "the JSON has more than 4 values")
    }
    let many = "[" + String(repeating: "0,", count: JSONValue.mostValues) + "0]"
    #expect(throws: Failure.self) { try JSONValue(parsing: many) }
  }

  @Test func partsOfAnArrayAreParsed() throws {
    let bytes = Array(#"xx{"a\nb":"\u0041c"}yy"#.utf8)
    #expect(try JSONValue(parsing: bytes[2..<bytes.count - 2]) == ["a\nb": "Ac"])
    let error = #expect(throws: Failure.self) { try JSONValue(parsing: bytes[2..<bytes.count - 1]) }
    #expect(error?.problem.hasSuffix("at byte \(bytes.count - 4)") == true)
  }

  @Test func valuesAreSmall() { #expect(MemoryLayout<JSONValue>.stride <= 24) }
}
