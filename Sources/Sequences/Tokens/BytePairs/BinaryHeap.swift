// A priority queue, as a binary heap in an array.

/// Elements of which the first in order is known; equal elements come in no particular order.
struct BinaryHeap<Element> {
  private var elements: [Element] = []
  private let precedes: (Element, Element) -> Bool

  /// - Parameter precedes: whether the first element comes before the second.
  init(_ elements: [Element] = [], precedes: @escaping (Element, Element) -> Bool) {
    self.precedes = precedes
    for element in elements { push(element) }
  }

  mutating func push(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0, case let parent = (child - 1) / 2, precedes(elements[child], elements[parent]) {
      elements.swapAt(child, parent)
      child = parent
    }
  }

  /// Removes and returns the first element; nil if there is none.
  mutating func pop() -> Element? {
    guard let first = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return first }
    elements[0] = last
    sink()
    return first
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < elements.count && precedes(elements[child], elements[least]) {
        least = child
      }
      if least == parent { return }
      elements.swapAt(parent, least)
      parent = least
    }
  }
}
