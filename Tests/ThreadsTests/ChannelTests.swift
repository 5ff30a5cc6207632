// Values from one thread to others.

import Synchronization
import Testing
import Threads

@Suite struct ChannelTests {
  struct Broken: Error {}

  @Test func valuesArriveInOrder() throws {
    let channel = Channel<Int>()
    let thread = try #require(
      WorkerThread {
        for value in 0..<1000 { try? channel.send(value) }
        channel.close()
      })
    var received: [Int] = []
    while let (value, number) = channel.receive() {
      #expect(number == received.count)
      received.append(value)
    }
    thread.join()
    #expect(received == Array(0..<1000))
  }

  @Test func workIsFinishedInOrder() throws {
    let channel = Channel<Int>()
    let finished = Mutex([Int]())
    let threads = (0..<4).compactMap { _ in
      WorkerThread {
        while let (value, number) = channel.receive() {
          channel.inOrder(number) { finished.withLock { $0.append(value) } }
        }
      }
    }
    for value in 0..<500 { try channel.send(value) }
    channel.close()
    for thread in threads { thread.join() }
    #expect(finished.withLock { $0 } == Array(0..<500))
  }

  @Test func anErrorReachesTheOtherSide() throws {
    let channel = Channel<Int>()
    channel.close(Broken())
    #expect(throws: Broken.self) { try channel.send(1) }
    #expect(channel.receive() == nil)
    #expect(channel.error is Broken)
  }
}
