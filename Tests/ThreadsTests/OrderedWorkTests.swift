// Pieces of work on several threads, with results in order.

import Testing
import Threads

@Suite struct OrderedWorkTests {
  private struct Bad: Error {}

  @Test(arguments: [1, 2, 5]) func resultsAreInOrder(_ threads: Int) throws {
    var results: [Int] = []
    try OrderedWork(3..<50, ahead: 4) { $0 * $0 }.run(threads: threads) { number, value in
      #expect(value == number * number)
      results.append(number)
      return true
    }
    #expect(results == Array(3..<50))
  }

  @Test(arguments: [1, 3]) func itStops(_ threads: Int) throws {
    var count = 0
    try OrderedWork(0..<1000, ahead: 4) { $0 }.run(threads: threads) { number, _ in
      count += 1
      return number < 9
    }
    #expect(count == 10)
  }

  @Test(arguments: [1, 3]) func theFirstErrorIsThrown(_ threads: Int) {
    var last = -1
    #expect(throws: Bad.self) {
      try OrderedWork(0..<1000, ahead: 4) { number -> Int in
        if number == 7 { throw Bad() }
        return number
      }.run(threads: threads) { number, _ in
        last = number
        return true
      }
    }
    #expect(last == 6)
  }
}
