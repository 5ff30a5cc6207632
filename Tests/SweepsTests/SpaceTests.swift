// Spaces as users write them: what is read, what is refused and where, and the combinations of a grid.

import Failures
import Sweeps
import Testing

@Suite struct SpaceTests {
  @Test(arguments: [
    ("units = 16, 32,64", "16, 32, 64"),
    ("layers=1..4", "1..4"),
    ("batch-size = 16..64:step=16", "16..64:step=16"),
    ("batch-size = 16..70:step=16", "16..64:step=16"),
    ("rate = 1e-4..1e-1:log", "0.0001..0.1:log"),
    ("units = 16..256:log", "16..256:log"),
    ("dropout = 0..0.5", "0.0..0.5"),
    ("dropout = 0..1:step=0.25", "0.0..1.0:step=0.25"),
    ("x = -3..-1", "-3..-1"),
    ("x = .5..1", "0.5..1.0"),
    (
      "layers = lstm(32,return_sequences) dense(1), 'gru(8), it'",
      "\"lstm(32,return_sequences) dense(1)\", \"gru(8), it\""
    ),
    ("file = ../a,../b", "\"../a\", \"../b\""),
    ("word = \"1..4\"", "\"1..4\""),
  ])
  func `values are read, and written in one form`(line: String, text: String) throws {
    let parameter = try SpaceText.parameter(line)
    #expect(parameter.text == text)
    #expect(try SpaceText.parameter("\(parameter.name) = \(text)") == parameter)
  }

  @Test func `a file has a parameter per line, and comments`() throws {
    let text =
      "# a space\n\nunits = 16, 32  # small ones\r\nname = 'a # b'\nmomentum = 0.5..0.9 if units = 16\n"
    let parameters = try SpaceText.parameters(in: text, named: "s.txt")
    #expect(parameters.map(\.name) == ["units", "name", "momentum"])
    #expect(parameters[1].values == .choices(["a # b"]))
    #expect(parameters[2].condition == Parameter.Condition(name: "units", values: ["16"]))
  }

  @Test(arguments: [
    ("units", "s.txt: line 2: 'units' has no values (write name = value, value or name = low..high)"),
    (
      "2x = 1,2",
      "s.txt: line 2: '2x' is no name of a parameter (use letters, digits, - and _, a letter first)"
    ),
    ("dir = 1,2", "s.txt: line 2, dir: {dir} has another meaning (use another name)"),
    ("u =", "s.txt: line 2, u: there is no value (write value, value)"),
    ("u = 1,,2", "s.txt: line 2, u: value 2 of the list is empty (write value, value)"),
    ("u = 1,2,1", "s.txt: line 2, u: the value 1 is given twice"),
    ("u = lstm(8", "s.txt: line 2, u: a ) is missing"),
    ("u = 8)", "s.txt: line 2, u: there is a ) too many"),
    ("u = 'a", "s.txt: line 2, u: a ' is missing"),
    ("u = 4..1", "s.txt: line 2, u: 4 is not below 1 (write low..high)"),
    ("u = 1..1", "s.txt: line 2, u: 1 is not below 1 (write low..high)"),
    (
      "u = 1...4",
      "s.txt: line 2, u: 1...4 has too many dots (write low..high)"
    ),
    (
      "u = a..b",
      "s.txt: line 2, u: the lower end of the range a..b is no number: 'a' (write low..high, and put texts into quotes)"
    ),
    (
      "u = 1..nan",
      "s.txt: line 2, u: the upper end of the range 1..nan is no number: 'nan' (write low..high, and put texts into quotes)"
    ),
    (
      "u = 0..1:log",
      "s.txt: line 2, u: a logarithmic range begins above 0, not at 0 (write a positive number)"
    ),
    ("u = 1..9:log:step=2", "s.txt: line 2, u: :log and :step can't be combined (omit one of them)"),
    ("u = 1..9:step=0", "s.txt: line 2, u: the step '0' is no positive number (write :step=NUMBER)"),
    ("u = 1..9:step=20", "s.txt: line 2, u: the step 20 doesn't fit into the range 1..9"),
    ("u = 1..9:lag", "s.txt: line 2, u: ':lag' is no setting of a range (use :log or :step=NUMBER)"),
    (
      "u = 1..4, 8",
      "s.txt: line 2, u: the range 1..4 can't be part of a list (write a list of values, or one range)"
    ),
    ("u = 1,2 if v", "s.txt: line 2, u: 'if v' is no condition (write if name = value, value)"),
    (
      "u = 1..99999999999999999999",
      "s.txt: line 2, u: 1..99999999999999999999 goes beyond the whole numbers that can be drawn (2^53)"
    ),
  ])
  func `what can't be read is refused with its line`(line: String, message: String) {
    let failure = #expect(throws: Failure.self) {
      try SpaceText.parameters(in: "a = 1,2\n\(line)\n", named: "s.txt")
    }
    #expect(failure?.description == message)
    #expect(failure?.kind == .data)
  }

  @Test(arguments: [
    (["a=1,2", "a=3,4"], "a: is given twice (give it once)"),
    (
      ["a-b=1,2", "a_b=3,4"],
      "a_b: differs from a-b only in - and _, which environment variables can't (rename one of them)"
    ),
    (["a=1,2", "b=1,2 if c=1"], "b: the condition names c, which is no parameter before it (one of a)"),
    (
      ["a=1..2", "b=1,2 if a=1"],
      "b: the condition names a, which is a range (conditions are on lists of values)"
    ),
    (["a=yes,no", "b=1,2 if a=nope"], "b: the condition can't hold: a is never nope (one of yes, no)"),
  ])
  func `parameters that don't fit together are refused`(lines: [String], message: String) throws {
    let parameters = try lines.map(SpaceText.parameter)
    let failure = #expect(throws: Failure.self) { try Space(parameters) }
    #expect(failure?.description == message)
  }

  @Test func `a grid has all combinations, the last parameter changing first`() throws {
    let space = try Space(["a=x,y", "b=1..2", "c=0.5..1:step=0.25 if a=y"].map(SpaceText.parameter))
    let rows = try #require(space.combinations).map { configuration in
      ["a", "b", "c"].map { configuration[$0] ?? "-" }.joined(separator: " ")
    }
    #expect(rows == ["x 1 -", "x 2 -", "y 1 0.5", "y 1 0.75", "y 1 1.0", "y 2 0.5", "y 2 0.75", "y 2 1.0"])
  }

  @Test func `a grid that is too large or has no end is none`() throws {
    #expect(try Space(["a=1..1000", "b=1..1000"].map(SpaceText.parameter)).combinations == nil)
    let space = try Space(["a=1,2", "b=0.0..1"].map(SpaceText.parameter))
    #expect(space.combinations == nil)
    #expect(space.firstContinuous?.name == "b")
  }

  @Test func `placeholders are filled, and other braces remain`() throws {
    let template = CommandTemplate(["f", "lstm({units})", "a: {left} gru({units})", "{{units}}", "{", "{x"])
    #expect(template.filled(with: ["units": "8"]) == ["f", "lstm(8)", "a: {left} gru(8)", "{8}", "{", "{x"])
    #expect(template.has("left") && !template.has("x"))
  }

  @Test func `a misspelled placeholder is refused`() throws {
    try CommandTemplate(["{left}", "{units}"]).check(against: ["units"])
    #expect(
      throws: Failure.usage(
        "there is no parameter for {unit} in the command", remedy: "did you mean {units}?")
    ) {
      try CommandTemplate(["{unit}"]).check(against: ["units", "dir"])
    }
  }
}
