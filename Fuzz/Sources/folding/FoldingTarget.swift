import Bytes
import Deduplication
import FuzzSupport
import TextProcessing

private let segmenter = try? TextSegmenter()
private let wordings: [ReferenceWording] = [
  .standard,
  try? ReferenceWording(
    whole: "<as in {source}>", part: "<as in {source}:{first}-{last}>",
    lines: "<as in {source}:{lines}:{first}-{last}>"),
].compactMap(\.self)

/// Texts are folded and expanded to what they were; what counts as equal comes back as something that
/// counts as equal.
///
/// The first byte of the input chooses the settings. The rest is pieces with zero bytes between; the last
/// of them tells how texts are put together of the others: a byte a piece, 255 begins the next text.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = bytes(start, count)
  guard let segmenter, wordings.count == 2 else {
    require(false, "no segmenter or no wording")
    return 0
  }
  guard let choice = input.first.map(Int.init) else { return 0 }
  var settings = FoldSettings()
  settings.level = FoldSettings.Level.allCases[choice % 3]
  settings.comparison = choice & 0x40 == 0 ? .exact : TextComparison.allCases[choice / 3 % 3]
  settings.minimumTokens = choice & 0x20 == 0 ? 1 : 24
  settings.minimumSaving = choice & 0x20 == 0 ? 1 : 12
  let wording = wordings[choice >> 7]
  check(texts(of: input.dropFirst()), settings, wording, segmenter)
  return 0
}

private func texts(of input: ArraySlice<UInt8>) -> [[UInt8]] {
  let pieces = input.split(separator: 0, omittingEmptySubsequences: false)
  guard pieces.count > 1, let recipe = pieces.last else { return [Array(input)] }
  return recipe.prefix(1_024).split(separator: 255, omittingEmptySubsequences: false).map { steps in
    steps.flatMap { pieces[Int($0) % (pieces.count - 1)] }
  }
}

private func check(
  _ texts: [[UInt8]], _ settings: FoldSettings, _ wording: ReferenceWording,
  _ segmenter: TextSegmenter
) {
  // What is put together is longer than the input, and need not be as long as it can be.
  guard texts.map(\.count).reduce(0, +) <= 1 << 20 else { return }
  var folder = TextFolder(settings, wording: wording, segmenter: segmenter)
  var expander = TextExpander(wording: wording)
  for (place, text) in texts.enumerated() {
    let name = ByteString("text \(place)")
    let folded = folder.fold(text, as: name) { ($0.count + 3) / 4 }
    if let before = folded.tokensBefore, let after = folded.tokensAfter {
      require(after < before, "a folded text has more tokens")
    }
    guard let back = try? expander.expand(folded.bytes, as: name) else {
      require(false, "a reference points to nothing")
      return
    }
    require(
      form(back, settings.comparison) == form(text, settings.comparison),
      "another text comes back")
  }
}

private func form(_ text: [UInt8], _ comparison: TextComparison) -> [UInt8] {
  var form: [UInt8] = []
  text.withUnsafeBytes {
    comparison.appendNormalForm(of: ByteRange(0, $0.count), in: $0, to: &form)
  }
  return form
}
