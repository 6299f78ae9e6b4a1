import CVector
import Testing

@Suite struct WordsTests {
  @Test func lowestOfRowsIsThatOfEachRow() {
    var values: [UInt32] = []
    var state: UInt32 = 1
    for _ in 0..<(16 * 9) {
      state = state &* 1_664_525 &+ 1_013_904_223
      values.append(state >> 1)
    }
    // Each of its places is the lowest once.
    for row in 0..<9 { values[16 * row + row + 3] = UInt32(row) }
    values[16 * 8] = UInt32.max >> 1
    let rows = [8, 0, 3, 3, 7, 1]
    let expected = rows.map { row in values[(16 * row)..<(16 * row + 16)].min() ?? 0 }
    for function in [cvector_lowest_of_rows, cvector_lowest_of_rows_plain] {
      var lowest = [UInt32](repeating: 99, count: rows.count + 1)
      function(values, rows, rows.count, &lowest)
      #expect(lowest == expected + [99])
    }
  }

  @Test func sixteenBytesAreEqualIfEachIs() {
    let bytes = (0..<17).map { UInt8($0 * 15) }
    #expect(cvector_are_equal_16(bytes, bytes) == 1)
    for index in 0..<17 {
      var other = bytes
      other[index] ^= 0x80
      #expect(cvector_are_equal_16(bytes, other) == (index < 16 ? 0 : 1))
    }
  }
}
