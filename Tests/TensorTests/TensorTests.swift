// Tensors: rows sliced, gathered and joined, and conversions between element types.

import Tensor
import Testing

@Suite struct TensorTests {
  private let grid = Tensor([1, 2, 3, 4, 5, 6] as [Int32], shape: [3, 2])

  @Test func shapesAndWidths() {
    #expect((grid.rows, grid.rowWidth, grid.count) == (3, 2, 6))
    #expect(grid.rowShape == [2])
    let scalar = Tensor([1.5], shape: [])
    #expect((scalar.rows, scalar.rowWidth) == (1, 1))
    let empty = Tensor([Float](), shape: [0, 4, 2])
    #expect((empty.rows, empty.rowWidth, empty.count) == (0, 8, 0))
  }

  @Test func slices() {
    #expect(grid.slice(1..<3) == Tensor([3, 4, 5, 6] as [Int32], shape: [2, 2]))
    #expect(grid.slice(0..<3) == grid)
    #expect(grid.slice(0..<0) == Tensor([Int32](), shape: [0, 2]))
    #expect(Tensor([7, 8, 9] as [UInt8]).slice(1..<2) == Tensor([8] as [UInt8]))
  }

  @Test func gathers() {
    #expect(grid.gather([2, 0, 2]) == Tensor([5, 6, 1, 2, 5, 6] as [Int32], shape: [3, 2]))
    #expect(grid.gather([]) == grid.slice(0..<0))
  }

  @Test func joins() {
    let parts = [grid.slice(0..<1), grid.slice(0..<0), grid.slice(1..<3)]
    #expect(Tensor.joined(parts) == grid)
    #expect(Tensor.joined([]) == nil)
    #expect(Tensor.joined([grid, Tensor([1.0, 2.0], shape: [1, 2])]) == nil)
    #expect(Tensor.joined([grid, Tensor([1] as [Int32], shape: [1, 1])]) == nil)
  }

  @Test func everyElementTypeIsSlicedAndJoined() {
    let tensors = [
      Tensor([1, 2, 3] as [UInt8]), Tensor([1, 2, 3] as [Int32]), Tensor([1, 2, 3] as [Int64]),
      Tensor([1, 2, 3] as [Float]), Tensor([1, 2, 3] as [Double]),
    ]
    for tensor in tensors {
      #expect(Tensor.joined([tensor.slice(0..<1), tensor.slice(1..<3)]) == tensor)
      #expect(tensor.gather([2, 1, 0]).gather([2, 1, 0]) == tensor)
      #expect(tensor.floats == [1, 2, 3] && tensor.doubles == [1, 2, 3])
      #expect(tensor.integers == (tensor.type.isInteger ? [1, 2, 3] : nil))
    }
    #expect(tensors.map(\.type) == ElementType.allCases)
    #expect(tensors.map(\.type.byteCount) == [1, 4, 8, 4, 8])
  }

  @Test func storedValuesKeepTheirType() {
    #expect(grid.values(as: Int32.self) == [1, 2, 3, 4, 5, 6])
    #expect(grid.values(as: Int64.self) == nil)
    #expect(grid.reshaped([6]).shape == [6])
  }

  @Test func doublesRoundToNearestFloats() {
    #expect(Tensor([0.1, 16_777_217, Double.infinity]).floats == [0.1, 16_777_216, .infinity])
    #expect(Tensor([Double.nan]).floats[0].isNaN)
  }
}
